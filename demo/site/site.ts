/** A Vite plugin that writes the documents as pages beside the demo, with their Markdown, and llms.txt. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path/posix';
import type { Plugin } from 'vite';
import { type Document, linkOnSite, markdownOf, readDocuments } from './documents.ts';
import { frame } from './frame.ts';
import { render } from './render.ts';

/** `hasApi`: whether the API reference is put beside the demo under `api/`. */
export const site = (hasApi: boolean): Plugin => ({
  name: 'site',

  transformIndexHtml: (html) => (hasApi ? html : html.replace(/^.*href="\.\/api\/.*\n/m, '')),

  generateBundle(_, bundle) {
    const documents = readDocuments();
    const style = Object.keys(bundle).find((name) => /guide-[\w-]+\.css$/.test(name));
    if (!style) throw new Error('The build has no stylesheet for the guides.');
    const icon = /<link\s+rel="icon"\s+href="([^"]+)"/.exec(readFileSync('demo/index.html', 'utf8'))![1]!;
    const write = (fileName: string, source: string | Uint8Array) =>
      this.emitFile({ type: 'asset', fileName, source });

    for (const document of documents) {
      const body = render(documents, document);
      write(document.page, frame(documents, document, body, { style, icon, hasApi }));
      write(markdownOf(document.page), asMarkdown(documents, document));
    }
    for (const picture of picturesOf(documents[0]!)) {
      write(`guides/${basename(picture)}`, readFileSync(picture));
    }
    write('guides/LICENSE', readFileSync('LICENSE'));
    write('llms.txt', listForAssistants(documents));
  },
});

/** The document's Markdown, with links to the other documents' Markdown. Code stays unchanged. */
const asMarkdown = (documents: Document[], document: Document) =>
  document.markdown.replace(
    /^```.*?^```$|`[^`\n]*`|(\]\(|(?:src|srcset|href)=")([^)"\s]+)/gms,
    (whole, before?: string, href?: string) =>
      before && href ? before + linkOnSite(documents, document, href, 'markdown') : whole,
  );

const picturesOf = ({ markdown }: Document) => new Set(markdown.match(/\.github\/[\w-]+\.png/g));

/** https://llmstxt.org */
function listForAssistants([start, ...others]: Document[]): string {
  const list = others.map(({ page, title, summary }) => `- [${title}](${markdownOf(page)}): ${summary}`);
  return `# verify-passkeys\n\n> ${start!.summary}\n\n- [Start here](${markdownOf(start!.page)}): what it is, and a quick start\n\n## Guides\n\n${list.join('\n')}\n`;
}
