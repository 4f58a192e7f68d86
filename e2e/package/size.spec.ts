/** Each import stays within its budget of bytes, whichever bundler builds it. */
import { expect, test } from '@playwright/test';
import { brotli, doorOf } from '../bundle.ts';
import { type Bundler, buildWith, bundlers } from './bundlers.ts';
import { rareBundlers } from './rare-bundlers.ts';

const passkeys = 'createPasskeys, capabilities, PasskeyError, isPasskeyError';
const bare = 'createCredential, getCredential';

/**
 * The most bytes, compressed by brotli, that a page or a server may load at first with all dependencies. Each budget is
 * what the largest bundle takes today and about two per cent: a newer bundler or dependency fits into that, and a part
 * that has come to load at first does not.
 */
const budgets = [
  { what: 'createPasskeys and every ceremony', door: '.', names: passkeys, most: 12_400 },
  {
    what: 'createPasskeys and every ceremony, with createCredential and getCredential',
    door: '.',
    names: `${passkeys}, ${bare}`,
    most: 16_700,
  },
  {
    what: 'createPasskeys and every ceremony, with both checks',
    door: '.',
    names: `${passkeys}, checkRegistration, checkAuthentication`,
    most: 23_000,
  },
  { what: '{ createCredential, getCredential } of verify-passkeys', door: '.', names: bare, most: 6350 },
  {
    what: '{ createCredential, getCredential } of verify-passkeys/credential',
    door: './credential',
    names: bare,
    most: 6350,
  },
  { what: 'the relay', door: './relay', names: 'createRelay', most: 11_000 },
];

/** Builds a page or a server that uses these names. */
async function measure(bundler: Bundler, door: string, names: string) {
  const code = `import { ${names} } from ${JSON.stringify(doorOf(door))}; globalThis.used = [${names}];`;
  const { first, later } = await buildWith(bundler, code, door === './relay');
  // Only `npm run size` prints the totals, since compressing what loads later takes most of the time.
  const total = rareBundlers ? ` of ${brotli([...first, ...later])}` : '';
  return { first: brotli(first), total, lateFiles: later.length };
}

// The other two take ten seconds for each import, and no import takes more bytes in them than in both of these.
const { Vite, esbuild } = bundlers;
const quick = { Vite: Vite!, esbuild: esbuild! };

for (const { what, door, names, most } of budgets) {
  test(`${what} takes at most ${most} bytes in each bundler`, async () => {
    test.slow();
    const sizes: Record<string, Awaited<ReturnType<typeof measure>>> = {};
    for (const [name, bundler] of Object.entries(rareBundlers ? { ...bundlers, ...rareBundlers } : quick)) {
      // Parcel builds no server: it leaves the packages in node_modules.
      if (name === 'Parcel' && door === './relay') continue;
      sizes[name] = await measure(bundler, door, names);
    }
    const printed = Object.entries(sizes).map(([name, { first, total }]) => `${name} ${first}${total}`);
    const title = rareBundlers ? `${what}, first of total` : what;
    console.log(`${title}: ${printed.join(', ')}; at most ${most}`);
    for (const [name, { first, lateFiles }] of Object.entries(sizes)) {
      expect(first, name).toBeLessThanOrEqual(most);
      // esbuild writes a file for each import() that it has read, even if the bundle cannot ask for it.
      if (door === './credential') expect(lateFiles, `files of ${name} that load late`).toBe(1);
    }
  });
}

test('{ createCredential, getCredential } takes at most a fifth more in Parcel than in Vite and in esbuild', async () => {
  test.skip(
    !rareBundlers,
    'Only `npm run size` installs Parcel, Rolldown and Rspack, since they take 180 MB.',
  );
  const { first } = await measure(rareBundlers!.Parcel!, './credential', bare);
  for (const bundler of Object.values(quick)) {
    const other = await measure(bundler, './credential', bare);
    expect(first).toBeLessThanOrEqual(1.2 * other.first);
  }
});
