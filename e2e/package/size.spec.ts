/** Each import stays within its budget of bytes. */
import { expect, test } from '@playwright/test';
import { brotli, bundle, importOf } from '../bundle.ts';

/** Bytes of brotli that a page or a server loads at first, its dependencies included. */
const budgets = [
  {
    what: 'createPasskeys and every ceremony',
    door: '.',
    names: 'createPasskeys, createCredential, getCredential, capabilities, PasskeyError, isPasskeyError',
    dependencies: ['ky', 'valibot', '@simplewebauthn/browser'],
    most: 15_000,
  },
  {
    what: 'the same, with both checks',
    door: '.',
    names: '*',
    dependencies: ['ky', 'valibot', '@simplewebauthn/browser'],
    most: 24_000,
  },
  {
    what: '{ createCredential, getCredential }',
    door: '.',
    names: 'createCredential, getCredential',
    dependencies: ['valibot', '@simplewebauthn/browser'],
    most: 5_000,
  },
  { what: 'the relay', door: './relay', names: '*', dependencies: ['valibot'], most: 7_000 },
];

for (const { what, door, names, dependencies, most } of budgets) {
  test(`${what} takes at most ${most} bytes`, async () => {
    const { first, later } = await bundle(importOf(door, names));
    const size = brotli(first);
    const takes: string[] = [];
    for (const dependency of dependencies) {
      const rest = await bundle(importOf(door, names), [dependency]);
      takes.push(`${dependency} ${size - brotli(rest.first)}`);
    }
    const loaded = later.length > 0 ? `; ${brotli(later)} more load when they are needed` : '';
    console.log(`${what}: ${size} bytes of ${most} (${takes.join(', ')}${loaded})`);
    expect(size).toBeLessThanOrEqual(most);
  });
}
