/** A Vite plugin that writes the documents as pages beside the demo, with their Markdown, the index of the search, and llms.txt. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path/posix';
import type { Plugin } from 'vite';
import { type Document, linkOnSite, markdownOf, readDocuments } from './documents.ts';
import { frame } from './frame.ts';
import { render } from './render.ts';
import { sectionsOf } from './sections.ts';

/** `hasApi`: whether the API reference is put beside the demo under `api/`. */
export const site = (hasApi: boolean): Plugin => ({
  name: 'site',

  transformIndexHtml: (html) => (hasApi ? html : html.replace(/^.*href="\.\/api\/.*\n/m, '')),

  generateBundle(_, bundle) {
    const documents = readDocuments();
    const style = Object.keys(bundle).find((name) => /guide-[\w-]+\.css$/.test(name));
    const script = Object.keys(bundle).find((name) => /reader-[\w-]+\.js$/.test(name));
    if (!style || !script) throw new Error('The build has no stylesheet or no script for the guides.');
    const icon = /<link\s+rel="icon"\s+href="([^"]+)"/.exec(readFileSync('demo/index.html', 'utf8'))![1]!;
    const write = (fileName: string, source: string | Uint8Array) =>
      this.emitFile({ type: 'asset', fileName, source });

    for (const document of documents) {
      const body = render(documents, document);
      write(document.page, frame(documents, document, body, { style, script, icon, hasApi }));
      write(markdownOf(document.page), asMarkdown(documents, document));
    }
    for (const picture of picturesOf(documents[0]!)) {
      write(`guides/${basename(picture)}`, readFileSync(picture));
    }
    write('guides/LICENSE.txt', readFileSync('LICENSE'));
    write('guides/search.json', JSON.stringify(documents.flatMap(sectionsOf)));
    write('llms.txt', listForAssistants(documents, hasApi));
    // It stands beside the documents, so that their links hold in it too.
    const whole = documents.map((document) => asMarkdown(documents, document)).join('\n');
    write('guides/llms-full.txt', whole);
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
function listForAssistants([start, ...others]: Document[], hasApi: boolean): string {
  const lineOf = ({ page, title, summary }: Document) => `- [${title}](${markdownOf(page)}): ${summary}`;
  const api = '- [API reference](api/index.html): Every public name, with its types, defaults and errors.\n';
  return `# verify-passkeys

> ${start!.summary}

- [Start here](${markdownOf(start!.page)}): What the package does, and a quick start.
- [All of it](guides/llms-full.txt): README and every guide in one text.
${hasApi ? api : ''}- [openapi.json](openapi.json): The routes that the page calls, for a back end of your own.

## Guides

${others.map(lineOf).join('\n')}
`;
}
