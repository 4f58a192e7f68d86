/** Quotes text from outside in a form that cannot confuse a terminal or a reader. */

/** Control and format characters (bidi marks among them), line and paragraph separators, and lone surrogates. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Escapes every character that is invisible or moves others, in the form that JSON uses. */
export const printable = (text: string) =>
  text.replace(unseen, (character) =>
    Array.from({ length: character.length }, (_, i) => {
      return `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`;
    }).join(''),
  );

/** The text in quotes, printable, and cut after a hundred characters. Origins and challenges are shorter. */
export const quote = (text = '') => printable(JSON.stringify(text.slice(0, 100)));
