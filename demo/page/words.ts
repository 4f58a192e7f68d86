/** Says what went wrong in plain words, and what to do next: README's table of the codes put to work. */
import { isPasskeyError, type PasskeyErrorCode } from 'verify-passkeys';

/** What is shown: `what` happened, what to do `next`, and the `code` for whoever wants to look it up. */
export type Told = { what: string; next: string; code?: string };

const words: Record<PasskeyErrorCode, [what: string, next: string]> = {
  unsupported: [
    'No passkey could be made or used on this device.',
    'Try another browser, or a phone or computer with a screen lock.',
  ],
  insecure_context: [
    'Browsers keep passkeys away from pages without encryption.',
    'Open this page over https or on http://localhost.',
  ],
  aborted: ['Stopped before anything was sent.', 'Press the button again when you are ready.'],
  cancelled: [
    'The prompt was closed, or no passkey was found for this page.',
    'Try again, or create a passkey first if you have none here. The browser does not say which it was.',
  ],
  timed_out: ['Nobody answered in time.', 'Press the button again and confirm a little sooner.'],
  already_registered: [
    'This device already holds a passkey of this account.',
    'Sign in with it, or create one on another device or security key.',
  ],
  no_credential: ['The browser found no passkey here.', 'Create a passkey first.'],
  wrong_relying_party: [
    'The passkey belongs to another address than this page.',
    'Open the page on localhost, or on the domain that the Verify Service names as its relying party.',
  ],
  authenticator_failed: [
    'The browser or the authenticator failed.',
    'Try again; if it keeps failing, restart the browser or use another device.',
  ],
  invalid_options: [
    'The server sent options that no browser can use.',
    'Look at the wire: the begin station says which.',
  ],
  invalid_credential: [
    'The check found something wrong, so nothing was sent.',
    'Look at the wire, or paste the credential into the lab below.',
  ],
  not_signed_in: ['Nobody is signed in here any more.', 'Sign in with your passkey, then try again.'],
  rejected: ['Verify said no.', 'Begin again; the wire shows what was sent and what came back.'],
  rate_limited: ['Too many tries for now.', 'Wait a little, then try again.'],
  unreachable: [
    'The demo could not be reached.',
    'Check your connection, or that the demo server still runs.',
  ],
  invalid_response: ['Something answered that was not Verify.', 'Try again; the wire shows what came back.'],
};

/** Refusals that have a better word than "no". */
const refusals: Record<string, [what: string, next: string]> = {
  unknown_credential: [
    'Nobody here could say whose passkey this is.',
    'Sign in another way; the passkey stays where it is.',
  ],
  60390: [
    'This passkey is not known here (any more).',
    'Create a new one; you may delete the old one in your password manager.',
  ],
  60391: ['Verify does not know this ceremony.', 'Begin again: press the button once more.'],
  ceremony_mismatch: [
    'This browser did not begin that ceremony.',
    'Begin again: press the button once more.',
  ],
  ceremony_expired: [
    'It took too long: the options have expired.',
    'Begin again: press the button once more.',
  ],
  60323: ['It took too long: the options have expired.', 'Begin again: press the button once more.'],
  60322: ['This sign-in was used already.', 'Begin again: press the button once more.'],
  60324: ['The signature does not hold.', 'Try again with another passkey; the wire shows what was signed.'],
  60317: ['This passkey exists already.', 'Sign in with it.'],
  60326: [
    'A hundred passkeys in a day is where Verify stops.',
    'Come back tomorrow, or sign up under a new name.',
  ],
  60380: [
    'Verify could not read clientDataJSON.',
    'Copy the request from the wire into the lab below: it says why.',
  ],
  misconfigured: [
    'The relay may not speak with Verify.',
    'Check the account, its secret and the Service SID of the demo server.',
  ],
  verify_unreachable: ['Verify could not be reached.', 'Try again in a moment.'],
  verify_timeout: ['Verify took too long to answer.', 'Try again in a moment.'],
};

export function tell(error: unknown): Told {
  if (error instanceof TypeError) {
    const [what, next] = words.unreachable;
    return { what, next };
  }
  if (!isPasskeyError(error)) {
    return { what: 'The demo itself failed.', next: 'Reload the page and try again.', code: String(error) };
  }
  const { code, rejection, retryAfter } = error;
  const said = rejection?.code;
  const [what, next] = (code === 'rejected' && refusals[said ?? '']) || words[code];
  const wait = retryAfter === undefined ? '' : ` Wait ${retryAfter} seconds.`;
  return { what, next: next + wait, code: said === undefined ? code : `${code} · ${said}` };
}
