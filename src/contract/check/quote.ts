/** Repeats what somebody else wrote, in a form that disturbs neither a terminal nor a reader. */

/** Control and format characters (bidi marks among them), line and paragraph separators, and lone surrogates. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** The text with every character escaped, as JSON writes it, that is not seen or that moves others. */
export const printable = (text: string) =>
  text.replace(unseen, (character) =>
    Array.from({ length: character.length }, (_, i) => {
      return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }).join(''),
  );

/** The text in quotes, printable, and cut after a hundred characters: an origin or a challenge is shorter. */
export const quote = (text = '') => printable(JSON.stringify(text.slice(0, 100)));
