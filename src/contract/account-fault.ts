/** The refusals that blame the account, its key or its Service. None of them says anything about a user's passkey. */

/** What is at fault. */
export type AccountFault =
  | 'credentials'
  | 'test_credentials'
  | 'permission'
  | 'inactive'
  | 'forbidden'
  | 'trial'
  | 'feature'
  | 'account_sid'
  | 'service_sid'
  | 'settings';

/** What each of Twilio's numbers blames, whatever its HTTP status. https://www.twilio.com/docs/api/errors */
export const accountFaults: Readonly<Record<number, AccountFault>> = {
  10001: 'inactive',
  10002: 'trial',
  20003: 'credentials',
  20005: 'inactive',
  20006: 'forbidden',
  20008: 'test_credentials',
  20403: 'forbidden',
  20404: 'service_sid',
  60204: 'feature',
  60361: 'account_sid',
  60363: 'service_sid',
  // This package never sends a config with a Factor, so the Service's own settings are meant.
  60370: 'settings',
  60371: 'settings',
  60372: 'settings',
  60393: 'settings',
  60432: 'settings',
  70051: 'permission',
  90010: 'inactive',
  575001: 'trial',
};

/**
 * Returns what a refusal blames, or undefined if it blames neither account, key nor Service. 401 always does, and 403
 * does unless it comes with one of Verify's own numbers.
 */
export function findAccountFault(status: number, code?: number): AccountFault | undefined {
  const fault = code === undefined ? undefined : accountFaults[code];
  if (fault) return fault;
  if (status === 401) return 'credentials';
  const isVerifys = code !== undefined && code >= 60000 && code < 61000;
  return status === 403 && !isVerifys ? 'forbidden' : undefined;
}
