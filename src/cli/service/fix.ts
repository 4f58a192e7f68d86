/** What to do about a refusal of Verify. */
import { type AccountFault, findAccountFault } from '../../contract/account-fault.ts';

/** What to do about each fault of the account, its key or its Service. */
export const faultFixes: Record<AccountFault, string> = {
  credentials:
    'Check the SID and secret in the environment: a revoked key, the secret of another key, or an account of another region.',
  test_credentials: 'These are test credentials, which Verify does not take. Use live ones.',
  permission:
    "The API key lacks a permission. Give a restricted key read permission for Verify Services for this command, write permission too for create and update, and read and write permission for Verify's Passkeys, Entities and Factors for the relay and the probe; or use a standard key. Twilio's page also names a suspended account or key.",
  inactive: 'The account is not active. Look in the Twilio Console why it was suspended or closed.',
  forbidden:
    'The account may not do this. Look in the Twilio Console whether it or the key is suspended or restricted.',
  trial: 'The account is suspended, or on trial and may not do this.',
  feature: 'Ask Twilio to let the account into the private beta of Verify Passkeys.',
  account_sid: 'Check TWILIO_ACCOUNT_SID: it is AC and 32 hex digits, as the Twilio Console shows it.',
  service_sid:
    'Check that TWILIO_VERIFY_SERVICE_SID is a Service of this account: each subaccount has its own.',
  settings:
    "The Service's settings for passkeys are missing or wrong. Set them with npx verify-passkeys service update --rp-id … --origin ….",
};

const otherFixes: Record<number, string> = {
  20429: 'Too many requests. Try again in a moment.',
  20503: 'Verify is not available at the moment. Try again later.',
  20500:
    'Try again in a moment. If it happens again, ask Twilio to let the account into the private beta of Verify Passkeys.',
};

/** Returns what to do about a refusal with this HTTP status and, if it came with one, this number. */
export function findFix(status: number, code?: number): string | undefined {
  const fault = findAccountFault(status, code);
  if (fault) return faultFixes[fault];
  return code === undefined
    ? undefined
    : (otherFixes[code] ?? `See https://www.twilio.com/docs/api/errors/${code}.`);
}
