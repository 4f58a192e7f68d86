/** The README and the guides, with their code blocks, which the tests compile and run. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { transformSync } from 'esbuild';

/** A code block, and the line of its document on which the code begins. */
export type Block = { document: string; line: number; language: string; code: string };

const guides: string[] = readdirSync('demo/guides')
  .filter((name) => name.endsWith('.md'))
  .map((name) => `demo/guides/${name}`);

export const documents: string[] = ['README.md', ...guides];

export function blocksOf(...languages: string[]): Block[] {
  return documents.flatMap((document) => {
    const markdown = readFileSync(document, 'utf8');
    // A block inside a list is indented.
    return [...markdown.matchAll(/^( *)```(\w+)\n(.*?)^\1```$/gms)]
      .map(({ index, 2: language, 3: code }) => ({
        document,
        line: markdown.slice(0, index).split('\n').length + 1,
        language: language!,
        code: code!,
      }))
      .filter(({ language }) => languages.includes(language));
  });
}

/** The file name that a block has in a comment, such as `// relay.ts`. */
const fileOf = ({ code }: Block): string | undefined => /^\/\/ (\S+\.ts)$/m.exec(code)?.[1];

/** The code of the block that names itself so, such as `offer.ts`. Other blocks import it as `./offer`. */
export const findFile = (name: string): string | undefined =>
  blocksOf('ts').find((block) => fileOf(block) === name.replace('./', ''))?.code;

/** The blocks of one document as the files of a project. It can also import files that other documents name. */
export function filesOf(document: string, ...languages: string[]): { name: string; block: Block }[] {
  const blocks = blocksOf(...languages);
  const named = blocks.filter(fileOf);
  const own = blocks.filter((block) => block.document === document);
  const inherited = named.filter((one) => !own.some((block) => fileOf(block) === fileOf(one)));
  return [...inherited, ...own].map((block) => ({
    // An error of the compiler then names the block's place.
    name: fileOf(block) ?? `block-of-line-${block.line}.${block.language === 'tsx' ? 'tsx' : 'ts'}`,
    block,
  }));
}

/**
 * Imports the block that contains this text. The other blocks of its document are files beside it. `edit` changes the
 * block as a guide says.
 */
export async function importBlock<Exports>(
  text: string,
  edit: (code: string) => string = (code) => code,
): Promise<Exports> {
  const found = blocksOf('ts').find(({ code }) => code.includes(text));
  if (!found) throw new Error(`No block of README or a guide contains "${text}".`);
  // The folder is inside the package, so that the blocks can import the package by its name.
  const folder = resolve('test-results/readme', crypto.randomUUID());
  const files = filesOf(found.document, 'ts').map(({ name, block }) => {
    const file = resolve(folder, name.replace(/ts$/, 'mjs'));
    const shown = block.code.includes(text) ? edit(block.code) : block.code;
    const { code } = transformSync(shown, { loader: 'ts', format: 'esm', target: 'es2022' });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, code.replace(/ from "(\..*?)(?:\.js)?"/g, ' from "$1.mjs"'));
    return { block, file };
  });
  return import(files.find(({ block }) => block.code.includes(text))!.file);
}
