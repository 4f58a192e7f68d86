#!/usr/bin/env node
/** The command: `verify-passkeys check` judges the body of a finishing call, from a file or standard input. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkAuthentication, checkRegistration } from './contract/check/check.ts';
import type { Issue } from './contract/check/mistake.ts';
import type { Expected } from './contract/check/shape.ts';

const usage = `Usage: verify-passkeys check registration|authentication [file] [options]

Says what is wrong with the body of VerifyFactor (registration) or ApproveChallenge (authentication).
Reads standard input where no file is named.

  --challenge <text>  what its challenge should be: options.challenge, or the SID in it
  --origin <origin>   what its origin should be, such as https://login.example.com
  --rp-id <domain>    what its relying party id should be, such as example.com
  --json              prints the issues as JSON
  --help              prints this

Exit status: 0 fit to send, 1 not, 2 misuse.
`;

const checks = { registration: checkRegistration, authentication: checkAuthentication };

/** What the arguments ask for; undefined where they ask for help. Throws where they make no sense. */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      challenge: { type: 'string' },
      origin: { type: 'string' },
      'rp-id': { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  const [command, ceremony, file, ...more] = positionals;
  if (command !== 'check') throw new Error(`expected "check", got ${command ? `"${command}"` : 'nothing'}`);
  if (ceremony !== 'registration' && ceremony !== 'authentication') {
    throw new Error(
      `expected "registration" or "authentication", got ${ceremony ? `"${ceremony}"` : 'nothing'}`,
    );
  }
  if (more.length > 0) throw new Error(`expected one file, got "${more[0]}" too`);
  const { challenge, origin, 'rp-id': rpId, json } = values;
  return {
    check: checks[ceremony],
    expected: { challenge, origin, rpId },
    json,
    text: readFileSync(file ?? 0, 'utf8'),
  };
}

function judge(check: typeof checkRegistration, text: string, expected: Expected): Issue[] {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return [
      {
        path: '',
        code: 60306,
        message: `The body is no JSON (${text.length} characters); expected the credential as a JSON object.`,
        fix: 'Send the JSON that JSON.stringify makes of the credential, whole, as application/json.',
      },
    ];
  }
  return check(body, expected);
}

function print(issues: Issue[]): string {
  if (issues.length === 0) return 'Fit to send.\n';
  return issues
    .map(({ path, code, message, fix }) => `${code} ${path || '(the body)'}\n  ${message}\n  ${fix}\n`)
    .join('\n');
}

try {
  const asked = readArguments();
  if (asked) {
    const issues = judge(asked.check, asked.text, asked.expected);
    process.stdout.write(asked.json ? `${JSON.stringify(issues, null, 2)}\n` : print(issues));
    process.exitCode = issues.length === 0 ? 0 : 1;
  } else {
    process.stdout.write(usage);
  }
} catch (error) {
  process.stderr.write(`verify-passkeys: ${(error as Error).message}\n\n${usage}`);
  process.exitCode = 2;
}
