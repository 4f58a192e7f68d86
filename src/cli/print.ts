/** Prints issues so that nothing in them passes for another line of the verdict, or reaches the terminal as a command. */
import { printable } from '../contract/check/quote.ts';

/** An issue as it is printed. `code` is Twilio's number, or the SDK's word where the browser or the relay says no. */
export type Printed = { path: string; code: number | string; message: string; fix: string };

/** Issues as lines of text: code and place, then the message and the fix, indented. */
export function printIssues(issues: Printed[]): string {
  return issues
    .map(({ path, code, message, fix }) => {
      const lines = [`${code} ${path || '(the body)'}`, `  ${message}`, `  ${fix}`];
      return `${lines.map(printable).join('\n')}\n`;
    })
    .join('\n');
}

/** Issues as JSON. */
export function printJson(issues: Printed[]): string {
  const lines = JSON.stringify(issues, null, 2).split('\n');
  return `${lines.map(printable).join('\n')}\n`;
}
