/** Makes a name fit for the browser's account chooser and for Verify. */

/** The most characters of an account's name, as UTF-16 code units. The longest e-mail address has 254. */
const maxNameCharacters = 256;

/** The most characters of a passkey's nickname, as UTF-16 code units: of all that Verify may count, the safest. */
export const maxFriendlyName = 64;

/** How much of a name is read at all: a megabyte would take a second. */
const maxReadCharacters = 10_000;

/** Controls and ends of lines. */
const breaks = /[\p{Cc}\u2028\u2029]+/gu;

/**
 * Halves of surrogate pairs, with which Chromium never answers, and characters that override, embed or isolate the
 * direction of text, with which a name can pose as another one. https://www.unicode.org/reports/tr9/
 */
const harmful = /[\p{Cs}\u202a-\u202e\u2066-\u206f]/gu;

/** The name on one line, without what a chooser must not show. Empty if nothing is left. */
export const cleanName = (name: string): string => name.replace(harmful, '').replace(breaks, ' ').trim();

/** The clean name, cut between two characters as a reader sees them if it is longer than this many UTF-16 code units. */
export function fitName(name: string, maxCharacters = maxNameCharacters): string {
  const clean = cleanName(name.slice(0, maxReadCharacters));
  if (clean.length <= maxCharacters) return clean;
  let end = 0;
  // Whether a cut is between two of them depends on the code point after it, which has at most two code units.
  for (const { length } of split(clean.slice(0, maxCharacters + 2))) {
    if (end + length > maxCharacters) break;
    end += length;
  }
  // A single one can be longer, with a thousand accents. Then only a pair of surrogates stays together.
  return cleanName(clean.slice(0, end || maxCharacters));
}

/** A flag, or a code point with its marks and what is joined to it: what Intl.Segmenter would find, but for rare scripts. */
const clusters = /(?:\p{RI}{2}|.)(?:[\p{M}\p{EMod}\u{e0020}-\u{e007f}]|\u200d.)*/gsu;

/** The graphemes of a text. https://www.unicode.org/reports/tr29/ */
function split(text: string): string[] {
  // Firefox has it since version 125.
  const { Segmenter } = Intl as { Segmenter?: typeof Intl.Segmenter };
  if (!Segmenter) return text.match(clusters) ?? [];
  const segments = new Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return Array.from(segments, ({ segment }) => segment);
}
