/** Takes the place of Playwright's test: it keeps the tests, and judge.ts runs them in one process. */
import { chromium, expect } from '@playwright/test';
import type { AuthenticatorOptions } from 'verify-passkeys/playwright';

export type Fixtures = Record<string, unknown>;
type Body = (fixtures: Fixtures) => unknown;

/** What a spec chooses with `test.use`. */
export type Options = { authenticatorOptions?: AuthenticatorOptions };

export const collected: { spec: string; title: string; body: Body; options: Options }[] = [];

let spec = '';
let options: Options = {};

/** Names the spec whose tests come next. */
export const open = (name: string) => {
  spec = name;
  options = {};
};

const keep = (title: string, body: Body) => void collected.push({ spec, title, body, options });

const use = (chosen: Options) => {
  options = { ...options, ...chosen };
};

/** What a block chooses with `use` holds up to its end. */
function describe(_title: string, block: () => void): void {
  const outer = options;
  block();
  options = outer;
}

// The specs skip tests in other browsers than Chromium.
const skip = () => {};

export const test = Object.assign(keep, { extend: () => test, describe, use, skip });

export { chromium, expect };
