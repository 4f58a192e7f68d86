/** Turns a document's Markdown into the body of a page, with GitHub's anchors and the site's links. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path/posix';
import { Marked } from 'marked';
import { type Document, linkOnSite } from './documents.ts';

export type Heading = { level: number; id: string; html: string };

export function render(documents: Document[], document: Document): { html: string; headings: Heading[] } {
  const headings: Heading[] = [];
  const link = (href: string) => linkOnSite(documents, document, href, 'page');
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }) {
        const id = anchorOf(text);
        const html = this.parser.parseInline(tokens);
        headings.push({ level: depth, id, html });
        if (depth === 1) return `<h1>${html}</h1>\n`;
        return `<h${depth} id="${id}">${html} <a class="anchor" href="#${id}" aria-label="Link to this section">#</a></h${depth}>\n`;
      },
      link({ href, title, tokens }) {
        const said = title ? ` title="${escapeHtml(title)}"` : '';
        return `<a href="${escapeHtml(link(href))}"${said}>${this.parser.parseInline(tokens)}</a>`;
      },
      // Wide code and tables scroll inside their own box, also by keyboard, and never widen the page.
      code({ text, lang }) {
        const kind = lang ? ` class="language-${escapeHtml(lang)}"` : '';
        const copy = '<button type="button" class="quiet small">Copy</button>';
        return `<div class="code">${copy}<pre tabindex="0"><code${kind}>${escapeHtml(text)}</code></pre></div>\n`;
      },
      html({ text }) {
        return text
          .replace(/(src|srcset|href)="([^"]+)"/g, (_, name, href) => `${name}="${escapeHtml(link(href))}"`)
          .replace(/<img /g, `<img ${sizeOf(document, text)}`);
      },
    },
  });
  const html = marked.parse(document.markdown, { async: false });
  const wide = html.replace(
    /<table>.*?<\/table>/gs,
    (table) => `<div class="table" role="group" aria-label="Table" tabindex="0">${table}</div>`,
  );
  return { html: wide, headings };
}

/** The anchor that GitHub gives a heading. */
export const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replace(/\s/g, '-');

export const escapeHtml = (text: string) =>
  text.replace(/[&<>"]/g, (mark) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[mark]!);

/** The picture's size, so that nothing moves when the picture loads. */
function sizeOf(document: Document, html: string): string {
  const source = /<img[^>]* src="([^"]+)"/.exec(html)?.[1];
  if (!source) return '';
  // https://www.w3.org/TR/png-3/#11IHDR
  const png = readFileSync(join(dirname(document.source), source));
  return `width="${png.readUInt32BE(16)}" height="${png.readUInt32BE(20)}" `;
}
