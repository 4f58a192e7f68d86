/** Each import stays within its budget of bytes, whichever bundler builds it. */
import { expect, test } from '@playwright/test';
import { brotli, doorOf } from '../bundle.ts';
import { buildWith, bundlers } from './bundlers.ts';

const passkeys = 'createPasskeys, capabilities, PasskeyError, isPasskeyError';

/** The most bytes, compressed by brotli, that a page or a server may load at first with all dependencies. */
const budgets = [
  { what: 'createPasskeys and every ceremony', door: '.', names: passkeys, most: 14_000 },
  {
    what: 'createPasskeys and every ceremony, with createCredential and getCredential',
    door: '.',
    names: `${passkeys}, createCredential, getCredential`,
    most: 17_300,
  },
  {
    what: 'createPasskeys and every ceremony, with both checks',
    door: '.',
    names: `${passkeys}, checkRegistration, checkAuthentication`,
    most: 26_000,
  },
  {
    what: '{ createCredential, getCredential }',
    door: '.',
    names: 'createCredential, getCredential',
    most: 6_900,
  },
  // The store's share of the time, values that throw when they are looked at, and notes of removed passkeys took 800.
  { what: 'the relay', door: './relay', names: 'createRelay', most: 11_000 },
];

for (const { what, door, names, most } of budgets) {
  test(`${what} takes at most ${most} bytes in ${Object.keys(bundlers).join(', ')}`, async () => {
    // webpack is slow.
    test.slow();
    const code = `import { ${names} } from ${JSON.stringify(doorOf(door))}; globalThis.used = [${names}];`;
    const sizes: Record<string, { first: number; total: number }> = {};
    for (const [name, bundler] of Object.entries(bundlers)) {
      const { first, later } = await buildWith(bundler, code, door === './relay');
      sizes[name] = { first: brotli(first), total: brotli([...first, ...later]) };
    }
    const printed = Object.entries(sizes).map(([name, { first, total }]) => `${name} ${first} of ${total}`);
    console.log(`${what}, first of total: ${printed.join(', ')}; at most ${most}`);
    for (const [name, { first }] of Object.entries(sizes)) expect(first, name).toBeLessThanOrEqual(most);
  });
}
