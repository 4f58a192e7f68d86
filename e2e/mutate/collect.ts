/** Takes the place of Playwright's test: it keeps the tests, and judge.ts runs them in one process. */
import { chromium, expect } from '@playwright/test';

export type Fixtures = Record<string, unknown>;
type Body = (fixtures: Fixtures) => unknown;

export const collected: { spec: string; title: string; body: Body }[] = [];

let spec = '';
/** Names the spec whose tests come next. */
export const open = (name: string) => {
  spec = name;
};

const keep = (title: string, body: Body) => void collected.push({ spec, title, body });
export const test = Object.assign(keep, { extend: () => test });

export { chromium, expect };
