/** Finds every single change of a source file that a test should notice. */
import ts from 'typescript';

export type Mutant = {
  /** The number of its line, from 1, and what the line says. */
  at: number;
  line: string;
  /** What is changed, as `before → after`. */
  change: string;
  /** The whole file with this one change. */
  text: string;
};

const { SyntaxKind: Kind } = ts;

/** Operators and what each becomes. */
const operators: Partial<Record<ts.SyntaxKind, string>> = {
  [Kind.EqualsEqualsEqualsToken]: '!==',
  [Kind.ExclamationEqualsEqualsToken]: '===',
  [Kind.LessThanToken]: '<=',
  [Kind.LessThanEqualsToken]: '<',
  [Kind.GreaterThanToken]: '>=',
  [Kind.GreaterThanEqualsToken]: '>',
  [Kind.AmpersandAmpersandToken]: '||',
  [Kind.BarBarToken]: '&&',
};

/** Methods that may be left out of a chain, since what they are called on has the same type. */
const leftOut = ['catch', 'filter', 'slice', 'trim', 'replace'];

const swapped: Record<string, string> = { some: 'every', every: 'some' };

export function findMutants(text: string): Mutant[] {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.ES2022, true);
  const mutants: Mutant[] = [];

  function add(node: ts.Node, replacement: string, end = node.end): void {
    const start = node.getStart(source);
    const { line } = source.getLineAndCharacterOfPosition(start);
    mutants.push({
      at: line + 1,
      line: text.split('\n')[line]!.trim(),
      change: `${shorten(text.slice(start, end))} → ${shorten(replacement) || 'nothing'}`,
      text: text.slice(0, start) + replacement + text.slice(end),
    });
  }

  /** Leaves out a member or an item, with the comma behind it. */
  function leaveOut(node: ts.Node): void {
    const comma = /^\s*,/.exec(text.slice(node.end))?.[0].length ?? 0;
    add(node, '', node.end + comma);
  }

  const negate = (condition: ts.Expression) => add(condition, `!(${condition.getText(source)})`);

  function visit(node: ts.Node): void {
    if (isSilent(node)) return;
    if (ts.isExpressionStatement(node) || ts.isThrowStatement(node)) add(node, ';');
    if (ts.isIfStatement(node)) {
      negate(node.expression);
      if (!node.elseStatement) add(node, ';');
    }
    if (ts.isConditionalExpression(node)) negate(node.condition);
    if (ts.isBinaryExpression(node)) {
      const { left, operatorToken, right } = node;
      const operator = operators[operatorToken.kind];
      if (operator) add(operatorToken, operator);
      if (operatorToken.kind === Kind.QuestionQuestionToken) add(node, left.getText(source));
      const isLogical = operator === '&&' || operator === '||';
      if (isLogical) add(node, left.getText(source));
      if (isLogical) add(node, right.getText(source));
    }
    if (ts.isNumericLiteral(node)) add(node, `(${node.text} + 1)`);
    if (node.kind === Kind.TrueKeyword) add(node, 'false');
    if (node.kind === Kind.FalseKeyword) add(node, 'true');
    // A text with a space is a sentence, which the tests of messages read.
    if (ts.isStringLiteral(node) && !/\s/.test(node.text) && !ts.isPropertyAssignment(node.parent.parent))
      add(node, node.text ? "''" : "'x'");
    if (ts.isRegularExpressionLiteral(node)) {
      if (node.text.startsWith('/^')) add(node, node.text.replace('/^', '/'));
      if (/\$\/\w*$/.test(node.text)) add(node, node.text.replace(/\$(\/\w*)$/, '$1'));
    }
    if (ts.isObjectLiteralElementLike(node) && ts.isObjectLiteralExpression(node.parent)) leaveOut(node);
    if (ts.isArrayLiteralExpression(node)) node.elements.forEach(leaveOut);
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      const { name, expression } = node.expression;
      if (leftOut.includes(name.text)) add(node, expression.getText(source));
      const other = swapped[name.text];
      if (other) add(name, other);
    }
    ts.forEachChild(node, visit);
  }

  ts.forEachChild(source, visit);
  return mutants;
}

/** Code without an effect at run time, and sentences in errors. */
function isSilent(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node)
  );
}

function shorten(code: string): string {
  const line = code.replace(/\s+/g, ' ');
  return line.length > 70 ? `${line.slice(0, 50)} … ${line.slice(-15)}` : line;
}
