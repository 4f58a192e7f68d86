/** The programs in README and the guides compile, and their commands and links lead to things that exist. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@playwright/test';
import { blocksOf, filesOf, documents as forUsers } from '../readme.ts';
import { examples, prelude, publicNames } from './examples.ts';
import { installPackage } from './install-package.ts';
import { compilers, run } from './tool.ts';

const documents = [...forUsers, '.github/CONTRIBUTING.md', '.github/SECURITY.md'];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

// One run of the compiler checks everything that the documents and the doc comments show.
test.describe.configure({ mode: 'default' });

/** The guide that lists the codes, in a table of the page's codes and then one of the relay's. */
const listing = 'demo/guides/errors.md';
const unions = [
  { door: 'verify-passkeys', union: 'PasskeyErrorCode' },
  { door: 'verify-passkeys/relay', union: 'RelayCode' },
];

let said: string;
let count: Record<'documents' | 'examples' | 'tables', number>;

test.beforeAll(() => {
  const { folder } = installPackage();
  const write = (name: string, code: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), code);
    return name;
  };
  const shown = forUsers.flatMap((document) =>
    filesOf(document, 'ts', 'tsx', 'vue', 'svelte').map(({ name, block: { language, code } }) => {
      const isComponent = language === 'vue' || language === 'svelte';
      const script = isComponent && /<script.*?>\n(.*?)<\/script>/s.exec(code)?.[1];
      // The compilers of Vue and Svelte put these names into scope.
      const scope =
        'declare const defineEmits: <T>() => (name: string) => void; declare const $props: () => never; declare const $state: <T>(value: T) => T;\n';
      return write(
        join('documents', document.replaceAll('/', '-'), name),
        script ? `${scope}export {};\n${script}` : code,
      );
    }),
  );
  const commented = examples().map(({ where, code }, i) =>
    write(join('examples', `${where.replaceAll('/', '-')}-${i}.ts`), `${prelude(code)}${code}`),
  );
  const listed = unions.map(({ door, union }, i) =>
    write(join('tables', `${union}.ts`), listingProgram(door, union, codeTablesOf(listing)[i]!)),
  );
  count = { documents: shown.length, examples: commented.length, tables: listed.length };
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    types: ['node'],
  };
  const files = [...shown, ...commented, ...listed];
  write('tsconfig.json', JSON.stringify({ compilerOptions, files }));
  said = compile(folder);
  rmSync(folder, { recursive: true });
});

const saidOf = (kind: string) =>
  said.split('\n').filter((line) => line.includes(`/${kind}/`) && line.includes(': error TS'));

test('every program that README and the guides show compiles against the package as published', () => {
  expect(count.documents).toBeGreaterThan(10);
  expect(saidOf('documents')).toEqual([]);
});

test('every example in a doc comment compiles against the package as published', () => {
  expect(count.examples).toBeGreaterThan(2);
  expect(saidOf('examples')).toEqual([]);
});

test('the guide Errors lists every code of the page and of the relay, and no other', () => {
  expect(count.tables).toBe(2);
  expect(saidOf('tables')).toEqual([]);
});

test('the doc comments list every code, with the status that the relay answers and the tables give', () => {
  const [page, relay] = codeTablesOf(listing).map((rows) =>
    rows.map(({ code, status = '' }) => `${code} ${status}`.trim()).sort(),
  );
  const found = (file: string, pattern: RegExp) =>
    [...readFileSync(file, 'utf8').matchAll(pattern)]
      .map(([, code, status = '']) => `\`${code}\` ${status}`.trim())
      .sort();
  const [pageCodes, relayCodes] = ['src/contract/error-code.ts', 'src/relay/refusal.ts'] as const;
  expect(found(pageCodes, /^ \* - `(\w+)`:/gm), `the doc comment in ${pageCodes}`).toEqual(page);
  expect(found(relayCodes, /^ \* - `(\w+)` \((\d+)\):/gm), `the doc comment in ${relayCodes}`).toEqual(relay);
  expect(found(relayCodes, /^ {2}(\w+): \[\s*(\d+),/gm), `the answers in ${relayCodes}`).toEqual(relay);
});

test('every public function has an example', () => {
  const doors = publicNames();
  expect(doors.flatMap(({ functions }) => functions)).toContain('createRelay');
  expect(doors.flatMap(({ door, without }) => without.map((name) => `${door}: ${name}`))).toEqual([]);
});

test('this suite runs the test of a sign-in page that the testing guide shows', () => {
  const shown = blocksOf('ts').find(({ code }) => code.includes('withAuthenticator(base)'))!.code;
  const body = shown.slice(shown.indexOf("\ntest('"));
  expect(body).toContain('authenticator.refuse()');
  expect(readFileSync('e2e/package/readme-testing.chromium.page.spec.ts', 'utf8')).toContain(body);
});

test('every npm command that a document names is a script', () => {
  const named = documents.flatMap((document) =>
    [...readFileSync(document, 'utf8').matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name!),
  );
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
  expect(named).toContain('demo');
  expect(named).toContain('size');
});

test('every internal link of README, the guides and CONTRIBUTING leads to something that exists', () => {
  const broken = documents.flatMap((document) =>
    linksOf(document)
      .filter((link) => !/^(https?|mailto):/.test(link))
      .filter((link) => {
        const [path, anchor] = link.split('#');
        const target = path ? join(dirname(document), path) : document;
        return !existsSync(target) || (anchor && !anchorsOf(target).includes(anchor));
      })
      .map((link) => `${document}: ${link}`),
  );
  expect(broken).toEqual([]);
  expect(linksOf('README.md')).toContain('.github/demo-dark.png');
});

test('README has at most 200 lines', () => {
  expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThanOrEqual(200);
});

/** The rows of a document's two tables of codes. Each row has its cells by the name of their column. */
function codeTablesOf(document: string): Record<string, string>[][] {
  const tables = readFileSync(document, 'utf8').match(/^\| code +\| (?:when|status) .*\n(?:\|.*\n)+/gm) ?? [];
  return tables.map((table) => {
    const [names, , ...rows] = table
      .trim()
      .split('\n')
      .map((row) =>
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    return rows.map((cells) => Object.fromEntries(names!.map((name, i) => [name, cells[i]!])));
  });
}

/** A program that compiles only if the table has exactly the codes of the union. */
function listingProgram(door: string, union: string, rows: Record<string, string>[]): string {
  const codes = rows.map(({ code }) => `${JSON.stringify(code!.replaceAll('`', ''))}: 0`);
  return `import type { ${union} } from '${door}';\nexport const codes: Record<${union}, 0> = { ${codes.join(', ')} };\n`;
}

/** Returns the errors that the compiler finds, or an empty text. */
function compile(folder: string): string {
  try {
    return run(compilers[7], ['-p', folder, '--pretty', 'false']);
  } catch (error) {
    return (error as Error).message;
  }
}

function linksOf(document: string): string[] {
  const text = readFileSync(document, 'utf8').replace(/^( *)```.*?^\1```$/gms, '');
  return [...text.matchAll(/(?:\]\(|(?:href|src(?:set)?)=")([^)"\s]+)[)"]/g)].map(([, target]) => target!);
}

/** The anchors that GitHub makes of a document's headings, or the ids of a page. */
function anchorsOf(document: string): string[] {
  const text = readFileSync(document, 'utf8');
  if (document.endsWith('.html')) return [...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id!);
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .replace(/\s/g, '-'),
  );
}

test('the list of environment variables names every variable that the code and the documents read', () => {
  const guide = readFileSync('demo/guides/going-live.md', 'utf8');
  const listed = [...guide.matchAll(/^\| `([A-Z_]+)` +\|/gm)].map(([, name]) => name!);
  expect(new Set(listed).size).toBe(listed.length);
  const folders = ['src', 'demo/page', 'demo/server', 'demo/worker'];
  const code = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => readFileSync(join(folder, path), 'utf8')),
  );
  const shown = blocksOf('ts', 'tsx', 'js', 'py', 'sh').map((block) => block.code);
  const reads = [...code, ...shown].flatMap((text) => [
    ...[...text.matchAll(/(?<!meta\.)\benv(?:ironment)?(?:\.|\('|\[')([A-Z][A-Z_]+)/g)].map(
      ([, name]) => name!,
    ),
    ...[...text.matchAll(/\b((?:TWILIO|VERIFY|DEMO|COOKIE|DATABASE)_[A-Z_]+)\b/g)].map(([, name]) => name!),
  ]);
  // NODE_ENV is a convention of the tools, which set it themselves.
  const missing = new Set(reads.filter((name) => !listed.includes(name) && name !== 'NODE_ENV'));
  expect([...missing]).toEqual([]);
  const all = [...code, ...shown].join('\n');
  expect(listed.filter((name) => !new RegExp(`\\b${name}\\b`).test(all))).toEqual([]);
});
