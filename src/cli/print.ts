/** Prints issues, and escapes text from outside so that it cannot control the terminal. */

/** An issue to print. `code` is Twilio's number, or the SDK's word where the browser or the relay refuses. */
export type Printed = { path: string; code: number | string; message: string; fix: string };

/** The issues as text: a line with code and path, then the message and the fix, indented. */
export function printIssues(issues: Printed[]): string {
  return issues
    .map(({ path, code, message, fix }) => {
      const lines = [`${code} ${path}`, `  ${message}`, `  ${fix}`];
      return `${lines.map(escapeControls).join('\n')}\n`;
    })
    .join('\n');
}

/** Replaces line breaks, terminal escapes and marks that change the text direction with \u escapes. */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
