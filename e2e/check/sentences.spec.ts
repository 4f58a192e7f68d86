/** No decision of the check depends on its words: it finds the same issues when every sentence is replaced. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@playwright/test';
import fc from 'fast-check';
import ts from 'typescript';
import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { build, type Rolldown } from 'vite';
import { tables } from './mistakes.ts';
import { mutation } from './mutate.ts';

type Checks = {
  checkRegistration: typeof checkRegistration;
  checkAuthentication: typeof checkAuthentication;
};

/** Moves each letter by 13 places (ROT13). Equal texts stay equal, and different texts stay different. */
const turn = (text: string) =>
  text.replace(/[a-z]/gi, (letter) => {
    const first = letter < 'a' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });

const outline = (text: string) => text.replace(/[a-z]/gi, 'x');

/** Turns every text in a module, except the names of properties, types and other modules. */
function turnTexts(code: string): string {
  const source = ts.createSourceFile('sentence.ts', code, ts.ScriptTarget.ESNext, true);
  const { factory } = ts;
  const { transformed } = ts.transform(source, [
    (context) => (root) => {
      const visit = (node: ts.Node): ts.Node => {
        if (ts.isTypeNode(node) || ts.isImportDeclaration(node)) return node;
        if (ts.isPropertyAssignment(node)) {
          return factory.updatePropertyAssignment(
            node,
            node.name,
            ts.visitNode(node.initializer, visit) as ts.Expression,
          );
        }
        if (ts.isStringLiteral(node)) return factory.createStringLiteral(turn(node.text));
        if (ts.isNoSubstitutionTemplateLiteral(node)) return factory.createStringLiteral(turn(node.text));
        if (ts.isTemplateHead(node)) return factory.createTemplateHead(turn(node.text));
        if (ts.isTemplateMiddle(node)) return factory.createTemplateMiddle(turn(node.text));
        if (ts.isTemplateTail(node)) return factory.createTemplateTail(turn(node.text));
        return ts.visitEachChild(node, visit, context);
      };
      return ts.visitEachChild(root, visit, context);
    },
  ]);
  return ts.createPrinter().printFile(transformed[0]!);
}

/** Builds the checks with every sentence turned. */
async function buildTurned(): Promise<Checks> {
  const built = (await build({
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: {
      write: false,
      ssr: true,
      rolldownOptions: { input: resolve('src/contract/check/check.ts'), output: { codeSplitting: false } },
    },
    plugins: [
      {
        name: 'turn',
        enforce: 'pre',
        transform: (code, id) => (id.endsWith('check/sentence.ts') ? turnTexts(code) : undefined),
      },
    ],
  })) as Rolldown.RolldownOutput;
  mkdirSync(test.info().outputDir, { recursive: true });
  const file = test.info().outputPath('turned.mjs');
  writeFileSync(file, built.output[0].code);
  return import(pathToFileURL(file).href);
}

test('the check finds the same issues at the same places, in the same order and groups, whatever its sentences say', async () => {
  const turned = await buildTurned();
  const compare = (name: keyof Checks, body: unknown) => {
    const issues = { checkRegistration, checkAuthentication }[name](body);
    const others = turned[name](body);
    const places = (list: typeof issues) => list.map(({ path, code }) => ({ path, code }));
    assert.deepEqual(places(others), places(issues));
    const groups = (list: typeof issues) =>
      list.map(({ fix }) => list.findIndex((issue) => issue.fix === fix));
    assert.deepEqual(groups(others), groups(issues));
    issues.forEach(({ message, fix }, i) => {
      assert.notEqual(others[i]!.message, message, 'a sentence that stands outside sentence.ts');
      assert.notEqual(others[i]!.fix, fix);
      // Turning keeps the length of each word, so the outline shows that it is the same sentence.
      assert.equal(outline(others[i]!.message), outline(message));
      assert.equal(outline(others[i]!.fix), outline(fix));
    });
    return issues.length;
  };
  let found = 0;
  for (const [, check, good, rows] of tables) {
    const name = check === checkRegistration ? 'checkRegistration' : 'checkAuthentication';
    for (const [, change] of rows) found += compare(name, change(good));
    fc.assert(
      fc.property(mutation, mutation, (first, second) => {
        let body: unknown = first(good);
        try {
          body = second(body);
        } catch {
          // The second change needs a credential, and the first change may have left none.
        }
        found += compare(name, body);
      }),
      { numRuns: 200 },
    );
  }
  expect(found).toBeGreaterThan(500);
});
