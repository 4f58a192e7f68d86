/** Prints issues and JSON. Text from outside is escaped, so that it can neither control a terminal nor forge a line. */
import { printable } from '../contract/check/quote.ts';

/** An issue to print. `code` is Twilio's number, or the SDK's word if the browser or the relay refuses. */
export type PrintableIssue = { path: string; code: number | string; message: string; fix: string };

/** The issues as text: a line with code and path, then the message and the fix, indented. */
export function printIssues(issues: readonly PrintableIssue[]): string {
  return issues
    .map(({ path, code, message, fix }) => {
      return printLines([`${code} ${path || '(the body)'}`, `  ${message}`, `  ${fix}`]);
    })
    .join('\n');
}

/** Prints the issue that ended an action in one line, and returns the exit status. */
export function refuse({ code, message, fix }: PrintableIssue): number {
  process.stderr.write(printLines([`verify-passkeys: ${code}: ${message} ${fix}`]));
  return 1;
}

export const printJson = (value: unknown): string => printLines(JSON.stringify(value, null, 2).split('\n'));

export const printLines = (lines: readonly string[]): string =>
  lines.map((line) => `${printable(line)}\n`).join('');
