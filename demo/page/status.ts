/** The status region says in plain words what happened. Screen readers read it aloud. */
import { isPasskeyError } from 'verify-passkeys';
import { find, h } from './element.ts';
import { type Notice, speak, tell } from './words.ts';

export type Tone = 'quiet' | 'busy' | 'good' | 'bad';

/** The error that the region shows, kept to show it again in another language. */
let shown: unknown;

/** Shows what happened. `verdict` is the status that Verify gave: verified or approved. */
export function say(
  tone: Tone,
  what: string,
  { next, code, lang, verdict }: Partial<Notice> & { verdict?: string } = {},
): void {
  shown = undefined;
  const region = find('status');
  region.dataset.tone = tone;
  const told = lang ? { lang } : {};
  region.replaceChildren(
    h('p', { class: 'what', ...told }, what),
    ...(verdict ? [h('p', {}, 'Verify says: ', h('strong', {}, verdict), '.')] : []),
    ...(next ? [h('p', told, next)] : []),
    ...(code ? [h('p', { class: 'code' }, h('code', {}, code))] : []),
  );
}

/** Verify keeps 64 characters. Says so of a longer name, which is not cut in silence. */
export function isNameTooLong(name: string): boolean {
  if (name.length <= 64) return false;
  say('bad', 'This name is too long.', { next: `It has ${name.length} characters, and 64 fit.` });
  return true;
}

export function sayError(error: unknown): void {
  const { what, ...told } = tell(error);
  say(isPasskeyError(error) && error.code === 'aborted' ? 'quiet' : 'bad', what, told);
  shown = error;
}

/** Lets the visitor choose the language of the error messages. At first it is the browser's language. */
export async function startLanguages(): Promise<void> {
  const choice = find<HTMLSelectElement>('language');
  choice.value = await speak();
  choice.addEventListener('change', async () => {
    await speak([choice.value]);
    if (shown !== undefined) sayError(shown);
  });
}
