/** The code blocks of README, which the tests compile and run. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

export type Block = { language: string; code: string };

export function blocksOf(...languages: string[]): Block[] {
  const blocks = readFileSync('README.md', 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...blocks]
    .map(([, language, code]) => ({ language: language!, code: code! }))
    .filter(({ language }) => languages.includes(language));
}

/** A block may say in its first line what file it is. */
export const fileOf = ({ code }: Block): string | undefined => /^\/\/ (\S+\.ts)$/m.exec(code)?.[1];

/** Imports the block that holds this text, and with it the files that other blocks are. */
export async function importBlock<Exports>(text: string): Promise<Exports> {
  // Within the package, whose own doors the blocks import.
  const folder = resolve('test-results/readme', crypto.randomUUID());
  const files = blocksOf('ts').map((block, i) => {
    const file = resolve(folder, (fileOf(block) ?? `block${i}.ts`).replace(/ts$/, 'mjs'));
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
    const { outputText } = ts.transpileModule(block.code, { compilerOptions: options });
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, outputText.replace(/ from '(\..*?)'/g, " from '$1.mjs'"));
    return { block, file };
  });
  return import(files.find(({ block }) => block.code.includes(text))!.file);
}
