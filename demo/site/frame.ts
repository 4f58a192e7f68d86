/** What surrounds every document on the site: the head, links to the demo and the API, and the list of guides. */
import { type Document, labelOf, markdownOf } from './documents.ts';
import { escapeHtml, type Heading } from './render.ts';

/**
 * A table gets other columns with each row that arrives. Browsers that know this link draw a page only when its last part
 * has arrived, so that nothing moves. https://html.spec.whatwg.org/multipage/links.html#link-type-expect
 */
const wholeFirst = '<link rel="expect" href="#guides" blocking="render" />';

export type Frame = { style: string; script: string; icon: string; hasApi: boolean };

export function frame(
  documents: Document[],
  document: Document,
  { html, headings }: { html: string; headings: Heading[] },
  { style, script, icon, hasApi }: Frame,
): string {
  const { page, summary } = document;
  const nameOf = (path: string) => path.slice('guides/'.length);
  const here = (path: string) => (path === page ? ' aria-current="page"' : '');
  const guides = documents
    .map(
      (other) =>
        `<li><a href="${nameOf(other.page)}"${here(other.page)}>${escapeHtml(labelOf(other))}</a></li>`,
    )
    .join('\n            ');
  const sections = headings.filter(({ level }) => level === 2);
  const contents =
    sections.length < 4
      ? ''
      : `<nav class="contents" aria-label="On this page"><ul>${sections
          .map((section) => `<li><a href="#${section.id}">${section.html}</a></li>`)
          .join('')}</ul></nav>`;
  const label = labelOf(document);
  const [heading, rest] = split(html, '</h1>\n');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; require-trusted-types-for 'script'" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${escapeHtml(label)} · verify-passkeys</title>
    <meta name="description" content="${escapeHtml(summary)}" />
    <link rel="icon" href="${icon}" />
    <link rel="stylesheet" href="../${style}" />
    <script type="module" src="../${script}"></script>
    ${wholeFirst}
    <link rel="alternate" type="text/markdown" href="${nameOf(markdownOf(page))}" />
  </head>
  <body class="document">
    <a class="skip" href="#content">Skip to the text</a>
    <header class="top">
      <p class="brand">
        <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
          <rect width="32" height="32" rx="8" />
          <circle cx="13" cy="13" r="5" />
          <path d="M17 17l8 8m-4-4 3-3" />
        </svg>
        verify-passkeys
      </p>
      <nav aria-label="Parts of the site">
        <a href="../index.html">Demo</a>
        <a href="../index.html#lab">60380 lab</a>
        <a href="#guides">Guides</a>
        ${hasApi ? '<a href="../api/index.html">API</a>' : ''}
      </nav>
    </header>
    <div class="columns">
      <main id="content" tabindex="-1">
        <article>
          ${heading}${contents}${rest}
          <p class="hint foot"><a href="${nameOf(markdownOf(page))}">This page as Markdown</a></p>
        </article>
      </main>
      <nav id="guides" class="guides" aria-labelledby="guides-title">
        <search class="search">
          <form>
            <label for="search">Search the guides</label>
            <input id="search" type="search" autocomplete="off" spellcheck="false" />
          </form>
          <p id="search-said" class="hint" role="status"></p>
          <ul id="search-results" aria-label="Sections that were found"></ul>
        </search>
        <h2 id="guides-title">Guides</h2>
        <ul>
            ${guides}
        </ul>
      </nav>
    </div>
  </body>
</html>
`;
}

function split(text: string, after: string): [string, string] {
  const at = text.indexOf(after) + after.length;
  return [text.slice(0, at), text.slice(at)];
}
