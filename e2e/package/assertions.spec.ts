/** Type assertions in src: each tells TypeScript something that it cannot know, and says why that is true. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import ts from 'typescript';

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);

test('every `as` and every `!` in src has its reason beside it, or above its statement', () => {
  const found = files.flatMap((file) => assertionsOf(join('src', file)));
  expect(found.length).toBeGreaterThan(10);
  expect(found.filter(({ reason }) => !reason).map(({ where }) => where)).toEqual([]);
});

test("no `as` in src says `never`, or gives an object's literal one of the package's own types", () => {
  const own = new Set(
    files.flatMap((file) =>
      [...readFileSync(join('src', file), 'utf8').matchAll(/^(?:export )?(?:type|interface) (\w+)/gm)].map(
        ([, name]) => name,
      ),
    ),
  );
  expect(own.size).toBeGreaterThan(50);
  const found = files.flatMap((file) => assertionsOf(join('src', file)));
  const isLie = ({ type, literal }: (typeof found)[number]) => type === 'never' || (literal && own.has(type));
  expect(found.filter(isLie).map(({ where }) => where)).toEqual([]);
});

function assertionsOf(path: string) {
  const text = readFileSync(path, 'utf8');
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const lines = text.split('\n');
  const found: { where: string; type: string; reason: boolean; literal: boolean }[] = [];
  const visit = (node: ts.Node): void => {
    const isAssertion = ts.isAsExpression(node) && !ts.isConstTypeReference(node.type);
    if (isAssertion || ts.isNonNullExpression(node)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getEnd());
      const shown = lines[line]!.trim();
      found.push({
        where: `${path}:${line + 1}: ${shown}`,
        type: isAssertion ? node.type.getText() : '',
        literal: ts.isObjectLiteralExpression(node.expression),
        reason: / \/\/ \S/.test(shown) || hasCommentAbove(node, text),
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Whether a comment stands above the assertion, or above what holds it, up to its statement. */
function hasCommentAbove(node: ts.Node, text: string): boolean {
  if (ts.getLeadingCommentRanges(text, node.getFullStart())?.length) return true;
  const isWhole = ts.isBlock(node.parent) || ts.isSourceFile(node.parent);
  return !isWhole && hasCommentAbove(node.parent, text);
}
