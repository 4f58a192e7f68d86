/** Finds the examples in the doc comments of src, and the public functions that lack an example. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, { default: string }>;
};

/** The name under which each door is imported, and its source. */
const doors = Object.entries(exports)
  .filter(([, target]) => target.default?.endsWith('.js'))
  .map(([path, target]) => ({
    door: join('verify-passkeys', path),
    source: target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts'),
  }));

export type Example = { where: string; code: string };

/** The code of each `@example`: its fenced block, or its whole text. */
export function examples(): Example[] {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
    path.endsWith('.ts'),
  );
  return files.flatMap((file) => {
    const comments = readFileSync(join('src', file), 'utf8').match(/\/\*\*.*?\*\//gs) ?? [];
    return comments
      .flatMap((comment) =>
        comment
          .replace(/^ *\/?\*+\/? ?/gm, '')
          .split(/^@example\b.*\n/m)
          .slice(1),
      )
      .map((text) => {
        const code = /^```ts\n(.*?)^```/ms.exec(text)?.[1] ?? text.split(/^@\w/m)[0]!;
        return { where: `src/${file}`, code };
      });
  });
}

/** Imports every public name that an example uses and does not import itself. */
export function prelude(code: string): string {
  const imported = new Set(
    [...code.matchAll(/import (?:type )?\{(.*?)\}/gs)].flatMap(([, names]) => namesOf(names!)),
  );
  return publicNames()
    .map(({ door, names }) => {
      const others = names.filter((name) => !imported.has(name) && code.includes(name));
      // Two doors may have the same name.
      for (const name of others) imported.add(name);
      return `import { ${others.join(', ')} } from '${door}';\n`;
    })
    .join('');
}

const namesOf = (list: string) => list.split(',').map((name) => name.trim().split(' ').pop()!);

let found: { door: string; names: string[]; functions: string[]; without: string[] }[] | undefined;

/** What each door exports, as the compiler sees it. */
export function publicNames() {
  if (found) return found;
  const options: ts.CompilerOptions = {
    noEmit: true,
    // The names need no types of the language, the DOM or Node, which take longer to read than all the rest.
    noLib: true,
    types: [],
    allowImportingTsExtensions: true,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    target: ts.ScriptTarget.ES2022,
  };
  const program = ts.createProgram(
    doors.map(({ source }) => source),
    options,
  );
  const checker = program.getTypeChecker();
  found = doors.map(({ door, source }) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(source)!)!;
    const symbols = checker.getExportsOfModule(module).map((symbol) => ({
      name: symbol.name,
      symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }));
    const functions = symbols.filter(({ symbol }) => symbol.flags & ts.SymbolFlags.Function);
    const without = functions.filter(
      ({ symbol }) => !symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
    );
    const nameOf = ({ name }: { name: string }) => name;
    return {
      door,
      names: symbols.map(nameOf),
      functions: functions.map(nameOf),
      without: without.map(nameOf),
    };
  });
  return found;
}
