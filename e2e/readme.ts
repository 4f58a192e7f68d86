/** The code blocks of README, which the tests compile and run. */
import { readFileSync } from 'node:fs';

export function blocksOf(...languages: string[]): { language: string; code: string }[] {
  const blocks = readFileSync('README.md', 'utf8').matchAll(/^```(\w+)\n(.*?)^```$/gms);
  return [...blocks]
    .map(([, language, code]) => ({ language: language!, code: code! }))
    .filter(({ language }) => languages.includes(language));
}
