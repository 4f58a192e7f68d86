/**
 * What to tell the user when a ceremony fails, and what to offer next, in the user's language.
 *
 * @module verify-passkeys/messages
 */
import { readMember } from '../contract/thrown.ts';
import { english } from './english.ts';
import { type Offer, offers, refusals, type Subject, type Translation } from './subject.ts';

export type { Offer };

/** A language of the messages, as a primary subtag of BCP 47. */
export type Language = 'de' | 'en' | 'es' | 'fr' | 'ja' | 'pt';

/** What to tell the user. Plain text, without markup. */
export type Message = {
  /** One sentence: what happened. */
  what: string;
  /** One sentence: what the user can do. */
  next: string;
  /** What the page can offer, the best first. */
  offer: readonly Offer[];
};

/** The messages of one language. */
export type Messages = {
  /** The language that was found, for the `lang` attribute of the element that shows a message. */
  language: Language;
  /**
   * Returns the message for an error of any method of `Passkeys`. Any other value gets the message for a fault of the
   * page itself. Never throws.
   *
   * @example
   * ```ts
   * import { createPasskeys } from 'verify-passkeys';
   * import { loadMessages } from 'verify-passkeys/messages';
   *
   * const { tell } = await loadMessages(['fr']);
   * try {
   *   await createPasskeys({ baseUrl: '/passkeys' }).authenticate();
   * } catch (error) {
   *   const { what, next, offer } = tell(error);
   *   document.querySelector('[role=status]')!.textContent = `${what} ${next}`;
   *   document.querySelector<HTMLElement>('#password')!.hidden = !offer.includes('another_way');
   * }
   * ```
   */
  tell(error: unknown): Message;
};

const languages: Record<Language, () => Promise<Translation>> = {
  de: async () => (await import('./german.ts')).german,
  en: async () => english,
  es: async () => (await import('./spanish.ts')).spanish,
  fr: async () => (await import('./french.ts')).french,
  ja: async () => (await import('./japanese.ts')).japanese,
  pt: async () => (await import('./portuguese.ts')).portuguese,
};

/**
 * Loads the messages in the first of these languages that this package has. They are in English if it has none of
 * them, or cannot load the language. Load them when the page starts, since they cannot be loaded without a network.
 *
 * @param wanted tags of BCP 47, the best first. Their region is ignored: `pt-PT` finds `pt`.
 * @example
 * ```ts
 * import { loadMessages } from 'verify-passkeys/messages';
 *
 * const messages = await loadMessages(); // the languages of the browser
 * console.log(messages.tell(new Error('boom')).next); // "Reload the page, then try again."
 * ```
 */
export async function loadMessages(
  wanted: readonly string[] = globalThis.navigator?.languages ?? [],
): Promise<Messages> {
  const language = wanted.map(primary).find(isLanguage) ?? 'en';
  try {
    return { language, tell: teller(language, await languages[language]()) };
  } catch {
    return { language: 'en', tell: teller('en', english) };
  }
}

const primary = (tag: string) => tag.toLowerCase().replace(/[-_].*/s, '');

const isLanguage = (tag: string): tag is Language => Object.hasOwn(languages, tag);

function teller(language: Language, translation: Translation): Messages['tell'] {
  return (error) => {
    const subject = subjectOf(error);
    const [what, next] = translation[subject];
    const seconds = subject === 'rate_limited' ? waitOf(error) : 0;
    return {
      what,
      next: seconds ? translation.retry(inTime(language, seconds)) : next,
      offer: offers[subject],
    };
  };
}

/** Looks only at the code, so that it also knows errors of another copy of the package, and errors sent as JSON. */
function subjectOf(error: unknown): Subject {
  const code = readMember(error, 'code');
  if (typeof code !== 'string' || !isSubject(code)) return 'unexpected';
  const refusal = readMember(readMember(error, 'rejection'), 'code');
  const isNamed = typeof refusal === 'string' || typeof refusal === 'number';
  const known = isNamed && Object.hasOwn(refusals, refusal) ? refusals[refusal] : undefined;
  return (code === 'rejected' && known) || code;
}

const isSubject = (code: string): code is Subject => Object.hasOwn(offers, code);

function waitOf(error: unknown): number {
  const retryAfter = readMember(error, 'retryAfter');
  return typeof retryAfter === 'number' && Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : 0;
}

/** "in 30 seconds", "in 2 minutes", in the language. */
function inTime(language: Language, seconds: number): string {
  const format = new Intl.RelativeTimeFormat(language);
  return seconds < 90
    ? format.format(Math.ceil(seconds), 'second')
    : format.format(Math.ceil(seconds / 60), 'minute');
}
