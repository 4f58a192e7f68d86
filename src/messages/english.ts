/** The messages in English, which are also used if another language cannot be loaded. */
import type { Translation } from './subject.ts';

export const english: Translation = {
  unsupported: [
    'This device cannot use passkeys here.',
    'Sign in another way, or try another browser or device.',
  ],
  insecure_context: ['Passkeys do not work on this page.', 'Sign in another way.'],
  not_permitted: [
    'Passkeys do not work in this part of the page.',
    'Open the page in a tab of its own, or sign in another way.',
  ],
  aborted: ['Stopped.', 'Try again when you are ready.'],
  cancelled: ['The prompt was closed, or no passkey was found.', 'Try again, or sign in another way.'],
  timed_out: ['That took too long.', 'Try again, and confirm a little sooner.'],
  already_registered: [
    'This device already has a passkey for this account.',
    'Sign in with it, or create one on another device.',
  ],
  no_credential: [
    'There is no passkey on this device.',
    'Sign in another way. You can create a passkey afterwards.',
  ],
  wrong_relying_party: ['Passkeys do not work at this address.', 'Sign in another way.'],
  authenticator_failed: ['Your device could not finish this.', 'Try again, or use another device.'],
  invalid_options: ['Passkeys do not work right now.', 'Sign in another way.'],
  invalid_credential: [
    'Your device gave an answer that cannot be used.',
    'Use another device, or sign in another way.',
  ],
  not_signed_in: ['You are not signed in.', 'Sign in first, then try again.'],
  rejected: ['This passkey was not accepted.', 'Try again, or sign in another way.'],
  rate_limited: ['There were too many attempts.', 'Wait a moment, then try again.'],
  unreachable: ['The server could not be reached.', 'Check your connection, then try again.'],
  invalid_response: ['Passkeys do not work right now.', 'Try again in a moment, or sign in another way.'],
  unknown_passkey: ['This passkey is not known here.', 'Sign in another way, then create a new passkey.'],
  expired: ['This attempt is no longer valid.', 'Try again.'],
  not_allowed: ['This is not allowed for your account.', 'Choose another way, or ask for help.'],
  too_many_passkeys: [
    'This account cannot have any more passkeys.',
    'Remove one that you no longer use, then try again.',
  ],
  unexpected: ['Something went wrong on this page.', 'Reload the page, then try again.'],
  retry: (when) => `Try again ${when}.`,
};
