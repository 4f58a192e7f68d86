/** The issues of a body, for those who only sometimes have one: the words load when there is something to say. */
import { type Expected, judge } from './judge.ts';
import type { Issue } from './mistake.ts';
import type { Step } from './route.ts';

export async function findIssues(step: Step, body: unknown, expected: Expected = {}): Promise<Issue[]> {
  if (judge(step, body, expected).length === 0) return [];
  const { explain } = await import('./explain.ts');
  return explain(step, body, expected).issues;
}

/** The issues of a body that Verify refused under a number; one that says so where nothing is wrong with it. */
export async function findCauses(
  step: Step,
  body: unknown,
  expected: Expected,
  code: number,
): Promise<Issue[]> {
  const issues = await findIssues(step, body, expected);
  if (issues.length > 0) return issues;
  const { explainRefusal } = await import('./explain.ts');
  return [explainRefusal(code, expected)];
}
