/** The documents that the site shows, and the name of the page of each. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';

export type Document = {
  /** The path of its Markdown in the repository. */
  source: string;
  /** The path of its page on the site. Its Markdown is beside that page, under the same name. */
  page: string;
  markdown: string;
  title: string;
  /** The whole sentences of its first paragraph, as plain text. */
  summary: string;
};

export function readDocuments(): Document[] {
  const guides = guidesInOrder();
  const files = readdirSync('demo/guides').filter((file) => file.endsWith('.md'));
  const left = files.find((file) => !guides.includes(file.slice(0, -'.md'.length)));
  if (left) throw new Error(`README's table of guides needs a row for demo/guides/${left}.`);
  return [
    read('README.md', 'guides/index'),
    ...guides.map((name) => read(`demo/guides/${name}.md`, `guides/${name}`)),
    read('.github/CONTRIBUTING.md', 'guides/contributing'),
    read('.github/SECURITY.md', 'guides/reporting'),
  ];
}

/** The guides in the order of the table under README's heading "Guides". */
function guidesInOrder(): string[] {
  const table = /^## Guides\n(.*?)^## /ms.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
  return [...table.matchAll(/^\| \[[^\]]+\]\(demo\/guides\/([\w-]+)\.md\) \|/gm)].map(([, name]) => name!);
}

function read(source: string, name: string): Document {
  const markdown = readFileSync(source, 'utf8');
  const title = /^# (.*)$/m.exec(markdown)?.[1];
  const summary = markdown.split('\n\n').find((block) => /^[A-Z`*[]/.test(block));
  if (!title || !summary)
    throw new Error(`${source} needs a title (# …) and a paragraph that says what it covers.`);
  // A paragraph may end with the beginning of a sentence that its list or code goes on with.
  const sentences = /^.*[.]/s.exec(plain(summary))?.[0];
  if (!sentences) throw new Error(`The first paragraph of ${source} needs a whole sentence.`);
  return { source, page: `${name}.html`, markdown, title, summary: sentences };
}

/** The text without the marks of emphasis, code and links. */
export const plain = (markdown: string) =>
  markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();

/** Turns a link in a document's source into a link on the site, relative to the document's page. */
export function linkOnSite(
  documents: Document[],
  from: Document,
  href: string,
  as: 'page' | 'markdown',
): string {
  if (/^(?:[a-z]+:|#)/.test(href)) return href;
  const [path = '', anchor] = href.split('#');
  const source = join(dirname(from.source), path);
  const target = targetOf(documents, source, as);
  if (target === undefined) throw new Error(`${from.source} links to ${href}, which the site does not have.`);
  const link = relative(dirname(from.page), target);
  return anchor === undefined ? link : `${link}#${anchor}`;
}

function targetOf(documents: Document[], source: string, as: 'page' | 'markdown'): string | undefined {
  const page = documents.find((document) => document.source === source)?.page;
  if (page) return as === 'page' ? page : markdownOf(page);
  if (source === 'demo/index.html') return 'index.html';
  // Under this name a browser shows it. Without an ending it would be downloaded.
  if (source === 'LICENSE') return 'guides/LICENSE.txt';
  return /^\.github\/[\w-]+\.png$/.test(source) ? join('guides', source.slice('.github/'.length)) : undefined;
}

export const markdownOf = (page: string) => page.replace(/html$/, 'md');

/** The title by which lists name a document. */
export const labelOf = ({ title }: Document) => (title === 'verify-passkeys' ? 'Start here' : title);
