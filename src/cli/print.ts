/** Prints issues, and text that came from elsewhere, so that no terminal is fooled. */

/** An issue as it is printed. `code` is Twilio's number, or the SDK's word where the browser or the relay says no. */
export type Printed = { path: string; code: number | string; message: string; fix: string };

/** Issues as lines of text: code and place, then the message and the fix, indented. */
export function printIssues(issues: Printed[]): string {
  return issues
    .map(({ path, code, message, fix }) => {
      const lines = [`${code} ${path}`, `  ${message}`, `  ${fix}`];
      return `${lines.map(escapeControls).join('\n')}\n`;
    })
    .join('\n');
}

/** Line breaks, terminal escapes and marks that change the direction of text stand as \u escapes. */
export function escapeControls(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}
