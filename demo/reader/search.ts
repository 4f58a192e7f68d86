/** Searches the guides in the page. The index is fetched when the reader first goes to the field. */
import MiniSearch from 'minisearch';
import { find, h } from '../page/element.ts';
import type { Section } from '../site/sections.ts';

/** More would not be read: another word finds it sooner. */
const maxResults = 8;

export function startSearch(): void {
  const field = find<HTMLInputElement>('search');
  const said = find('search-said');
  const list = find('search-results');
  let index: Promise<MiniSearch<Section>> | undefined;

  /** Loads the index once. If that fails, the next call tries again. */
  const load = () => {
    index ??= readIndex().catch((error) => {
      index = undefined;
      throw error;
    });
    return index;
  };

  const show = async () => {
    const words = field.value.trim();
    if (words === '') {
      said.textContent = '';
      list.replaceChildren();
      return;
    }
    try {
      const found = (await load()).search(words) as unknown as Section[];
      // The reader may have typed on while the index came.
      if (field.value.trim() !== words) return;
      said.textContent = sentenceOf(found.length, words);
      list.replaceChildren(...found.slice(0, maxResults).map(resultOf));
    } catch {
      said.textContent = 'The index of the guides could not be loaded. Try again.';
    }
  };

  // If this fails, the first word says so.
  field.addEventListener('focus', () => void load().catch(() => {}));
  field.addEventListener('input', show);
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    field.value = '';
    show();
  });
  // The results are links already. Enter in the field opens the first.
  field.form?.addEventListener('submit', (event) => {
    event.preventDefault();
    list.querySelector('a')?.click();
  });
  // The reader may have typed before this script came.
  if (field.value) show();
}

async function readIndex(): Promise<MiniSearch<Section>> {
  const answer = await fetch('search.json');
  if (!answer.ok) throw new Error(`search.json: HTTP ${answer.status}`);
  const sections: Section[] = await answer.json();
  const index = new MiniSearch<Section>({
    idField: 'link',
    fields: ['title', 'heading', 'text'],
    storeFields: ['link', 'title', 'heading'],
    // A code such as verify_timeout is one word.
    tokenize: (text) => text.split(/[^\p{L}\p{N}_]+/u),
    searchOptions: {
      boost: { title: 2, heading: 4 },
      combineWith: 'AND',
      prefix: true,
      // A number such as 60380 is meant as it stands.
      fuzzy: (term) => (/\d/.test(term) ? false : 0.2),
    },
  });
  index.addAll(sections);
  return index;
}

function sentenceOf(count: number, words: string): string {
  if (count === 0) return `Nothing is found for “${words}”.`;
  if (count === 1) return 'One section is found.';
  return count > maxResults ? `${count} sections are found. These fit best.` : `${count} sections are found.`;
}

const resultOf = ({ link, title, heading }: Section) =>
  h('li', {}, h('a', { href: link }, heading ? `${title}: ${heading}` : title));
