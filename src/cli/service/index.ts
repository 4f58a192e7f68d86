/** `verify-passkeys service`: checks a Verify Service for a page, creates one, or updates one. */
import { printable } from '../../contract/check/quote.ts';
import { create, update } from './change.ts';
import { check } from './check.ts';
import { NoAnswer } from './fetch-json.ts';

export const usage = `Usage: verify-passkeys service check --origin <origin> [--relay <url>] [--json]
       verify-passkeys service create --name <name> --rp-id <domain> --origin <origin> [--yes]
       verify-passkeys service update [--name <name>] [--rp-id <domain>] [--origin <origin>] [--yes]

check lists everything in the Service that would make a page's ceremonies fail. create and update set its
relying party, and the usual authenticator criteria if it has none.

The account comes only from the environment: TWILIO_API_KEY and TWILIO_API_KEY_SECRET, or TWILIO_ACCOUNT_SID and
TWILIO_AUTH_TOKEN. check and update take the Service from TWILIO_VERIFY_SERVICE_SID.

  --origin <origin>  the origin of the page, such as https://login.example.com; may be given several times.
                     For create and update these become the relying party's whole list of origins
  --relay <url>      checks a running relay too, such as https://login.example.com/passkeys
  --name <name>      the name of the Service and the relying party, up to 32 characters
  --rp-id <domain>   the relying party id, a bare domain such as example.com
  --yes              creates or updates without asking
  --json             prints the issues as JSON
  -h, --help         prints this help

Exit status: 0 the Service fits, or was created or updated; 1 it does not fit, or was not created or updated;
2 wrong use of the command, or Verify could not be reached.
`;

/** Runs `check`, `create` or `update`. */
export async function run([action, ...args]: string[]): Promise<number> {
  const actions = new Map([
    ['check', check],
    ['create', create],
    ['update', update],
  ]);
  const act = actions.get(action ?? '');
  if (!act) {
    throw new Error(`expected "check", "create" or "update", got ${action ? `"${action}"` : 'nothing'}`);
  }
  try {
    return await act(args);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    process.stderr.write(`verify-passkeys: ${printable(error.message)}\n`);
    return 2;
  }
}
