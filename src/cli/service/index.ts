/** `verify-passkeys service`: lists the Services of an account; checks, creates, updates or probes one. */
import { printable } from '../../contract/check/quote.ts';
import { probe } from '../probe/index.ts';
import { create, update } from './change.ts';
import { check } from './check.ts';
import { NoAnswer } from './fetch-json.ts';
import { list } from './list.ts';

export const usage = `Usage: verify-passkeys service list [--json]
       verify-passkeys service check --origin <origin> [--relay <url>] [--user-name-first] [--json]
       verify-passkeys service create --name <name> --rp-id <domain> --origin <origin> [--yes]
       verify-passkeys service update [--name <name>] [--rp-id <domain>] [--origin <origin>] [--yes]
                               [--authenticator-attachment <value>] [--discoverable-credentials <value>]
                               [--user-verification <value>]
       verify-passkeys service probe [--json <file>] [--expired]

Begin with list: it prints each Service of the account, with its SID, its name and what it has for passkeys. check
lists everything in a Service that would make a page's ceremonies fail. create and update set its relying party, and
the usual authenticator criteria if it has none. probe asks the Service whether what this package assumes of Verify is
so: it registers and signs in under an identity of its own, which it removes again.

The account comes only from the environment: TWILIO_API_KEY and TWILIO_API_KEY_SECRET, or TWILIO_ACCOUNT_SID and
TWILIO_AUTH_TOKEN. check, update and probe take the Service from TWILIO_VERIFY_SERVICE_SID.

  --origin <origin>  the origin of the page, such as https://login.example.com; may be given several times.
                     For create and update these become the relying party's whole list of origins
  --relay <url>      checks a running relay too, such as https://login.example.com/passkeys
  --user-name-first  says that the app always asks for the user name first, so that passkeys need not be stored
                     on the security key
  --name <name>      the name of the Service and the relying party, up to 32 characters
  --rp-id <domain>   the relying party id, a bare domain such as example.com
  --authenticator-attachment <value>  for create and update: platform, cross-platform or any
  --discoverable-credentials <value>  for create and update: required, preferred or discouraged
  --user-verification <value>         for create and update: required, preferred or discouraged
  --yes              creates or updates without asking
  --json             prints the Services or the issues as JSON. For probe: --json <file> writes a transcript that can be
                     shared
  --expired          lets probe wait five minutes, to ask how Verify answers an expired Challenge
  --base <url>       calls an emulator on this machine instead of Verify, such as http://127.0.0.1:8787; VERIFY_BASE in
                     the environment does the same
  -h, --help         prints this help

Exit status: 0 the Services are listed, or the Service fits, was created or updated, or answered as assumed; 1 there is
none, or it does not or was not; 2 wrong use of the command, or Verify could not be reached.
`;

const actions = new Map([
  ['list', list],
  ['check', check],
  ['create', create],
  ['update', update],
  ['probe', probe],
]);

/** Runs one of the actions. */
export async function run([action, ...args]: string[]): Promise<number> {
  const act = actions.get(action ?? '');
  if (!act) {
    const names = [...actions.keys()].map((name) => `"${name}"`);
    const expected = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
    throw new Error(`expected ${expected}, got ${action ? `"${action}"` : 'nothing'}`);
  }
  try {
    return await act(args);
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    process.stderr.write(`verify-passkeys: ${printable(error.message)}\n`);
    return 2;
  }
}
