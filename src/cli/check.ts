/** `verify-passkeys check`: checks the body of a finishing call, from a file or standard input. */
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkAuthentication, checkRegistration } from '../contract/check/check.ts';
import type { Expected } from '../contract/check/expected.ts';
import type { Issue } from '../contract/check/issue.ts';
import { parse } from '../contract/json.ts';
import { printIssues, printJson } from './print.ts';
import { maxBytes, readBounded } from './read-bounded.ts';

export const usage = `Usage: verify-passkeys check registration|authentication [file] [options]

Lists what is wrong with the body of VerifyFactor (registration) or ApproveChallenge (authentication).
Reads standard input if you name no file, or "-".

  --challenge <text>  the expected challenge: options.challenge, or the SID in it
  --origin <origin>   the expected origin, such as https://login.example.com
  --rp-id <domain>    the expected relying party id, such as example.com
  --conditional       the passkey was created without asking the user (mediation: 'conditional')
  --json              prints the issues as JSON
  -h, --help          prints this help

Exit status: 0 the body is fit to send, 1 it is not, 2 wrong use of the command.
`;

const checks = { registration: checkRegistration, authentication: checkAuthentication };

/** Checks one body and prints the verdict. The exit status is 0 if the body is fit to send, else 1. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      challenge: { type: 'string' },
      origin: { type: 'string' },
      'rp-id': { type: 'string' },
      conditional: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const [ceremony, file = '-', ...more] = positionals;
  if (ceremony !== 'registration' && ceremony !== 'authentication') {
    throw new Error(
      `expected "registration" or "authentication", got ${ceremony ? `"${ceremony}"` : 'nothing'}`,
    );
  }
  if (more.length > 0) throw new Error(`expected one file, got "${more[0]}" too`);
  const { challenge, origin, 'rp-id': rpId, conditional, json } = values;
  const mediation = conditional ? 'conditional' : undefined;
  const bytes = await readBounded(file === '-' ? process.stdin : createReadStream(file));
  if (!bytes) throw new Error(`expected a body of at most ${maxBytes} bytes, got more`);
  const issues = judge(checks[ceremony], decode(bytes), { challenge, origin, rpId, mediation });
  process.stdout.write(json ? printJson(issues) : printIssues(issues) || 'Fit to send.\n');
  return issues.length === 0 ? 0 : 1;
}

/**
 * Decodes a file as editors and shells write it. A byte order mark is dropped. UTF-16, which Windows PowerShell writes,
 * is recognized by its mark, or by the zero in every second byte.
 */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0);
  return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes);
}

function judge(check: typeof checkRegistration, text: string, expected: Expected): Issue[] {
  const body = parse(text);
  if (body === undefined) {
    return [
      {
        path: '',
        code: 60306,
        message: `The body is not JSON (${text.length} characters); expected the credential as a JSON object.`,
        fix: 'Send the whole output of JSON.stringify(credential) as application/json.',
      },
    ];
  }
  return check(body, expected);
}
