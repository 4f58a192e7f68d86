/**
 * Changes the relay, and the page's line, in one place at a time: each change must fail a test, or be known to do no
 * harm. A run tries as many changes as it can in `MUTATE_MINUTES`; `MUTATE_SEED` repeats their order, and `MUTATE_FILES`
 * names the files.
 */
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { expect, test } from '@playwright/test';
import { createRandom } from '../soak/random.ts';
import { openCourt, type Suite } from './court.ts';
import type { Verdict } from './judge.ts';
import { findMutants, type Mutant } from './mutants.ts';
import { survivors } from './survivors.ts';

const { MUTATE_SEED, MUTATE_MINUTES, MUTATE_FILES = '' } = process.env;
const seed = Number(MUTATE_SEED);
const minutes = Number(MUTATE_MINUTES ?? 18);

type Source = {
  file: string;
  /** How likely its changes are to be tried early. */
  weight: number;
  /** The specs that notice most of its changes. The others are asked only about what these do not notice. */
  specs: string[];
};

type Group = { sources: Source[]; specOf: (name: string) => string; pages: boolean };

const source = (file: string, weight: number, specs: string): Source => ({
  file,
  weight,
  specs: specs.split(' '),
});

/** The relay, and what the page needs no browser for. Their specs run in Node, but for those that start servers. */
const relay: Group = {
  pages: false,
  specOf: (name) =>
    existsSync(`e2e/relay/${name}.spec.ts`) ? `relay/${name}.spec.ts` : `client/${name}.spec.ts`,
  sources: [
    source('relay/cookie', 3, 'cookie origins'),
    source('relay/gate', 3, 'gate origins identity manage deadline'),
    source('relay/owners', 3, 'storage unremembered-owner registration manage newest ghosts refused'),
    source(
      'relay/registration',
      3,
      'registration upstream app-decides identity storage unremembered-owner ghosts',
    ),
    source(
      'relay/authentication',
      3,
      'identity unremembered-owner storage newest names app-decides origins refused ghosts',
    ),
    source('relay/sign-in-owner', 3, 'sign-in-owner unremembered-owner identity upstream'),
    source('relay/management', 2, 'manage storage newest app-decides names ghosts unneeded'),
    source('relay/verify', 2, 'upstream refused deadline registration manage'),
    source('relay/verify-error', 1, 'upstream refused manage'),
    source('relay/body', 2, 'gate refused upstream'),
    source('relay/ceremony', 2, 'upstream names name-text registration cookie deadline'),
    source('relay/credential', 2, 'origins cookie gate app-decides identity'),
    source('relay/newest', 2, 'newest ghosts manage registration'),
    source('relay/refused-passkey', 2, 'app-decides'),
    source('relay/app-answer', 1, 'app-decides refused'),
    source('relay/answer', 1, 'refused app-decides odd-errors identity upstream'),
    source('relay/redact', 1, 'refused odd-errors upstream'),
    source('relay/identity', 2, 'identity names name-text'),
    source('relay/deadline', 2, 'deadline upstream storage'),
    source('relay/index', 1, 'gate refused own-trouble origins'),
    source('relay/pending-deletions', 2, 'own-trouble ghosts'),
    source('relay/removed-passkey', 3, 'ghosts newest unremembered-owner'),
    source('contract/thrown', 2, 'odd-errors'),
    source('client/doubt', 3, 'told'),
    source('client/signal-api', 3, 'told'),
    source('client/management', 2, 'told server'),
  ],
};

/** The page's line: what it sends, reads and tells the browser. Its specs run in Chromium. */
const page: Group = {
  pages: true,
  specOf: (name) =>
    [`client/${name}.page.spec.ts`, `client/${name}.chromium.page.spec.ts`, `client/${name}.spec.ts`].find(
      (path) => existsSync(`e2e/${path}`),
    )!,
  sources: [
    source('contract/final-refusal', 1, 'upgrade upgrade-answers'),
    source('client/refused', 2, 'upgrade upgrade-answers relay-answers rejected error-details'),
    source('client/recent', 3, 'signal upgrade upgrade-answers told'),
    source('client/signal', 2, 'signal upgrade upgrade-answers'),
    source(
      'client/line',
      1,
      'upgrade upgrade-answers rejected signal relay-answers event name attachment extensions cancel manage manage-answers surroundings unsupported immediate prepare',
    ),
    source('client/answer', 1, 'relay-answers signal attachment'),
    source('client/transport', 2, 'server relay-answers cancel'),
    source('client/check', 2, 'browser-answers rejected'),
    source('client/turn', 2, 'cancel ceremonies autofill'),
    source('client/credential', 3, 'browser-answers attachment extensions'),
  ],
};

test.describe.configure({ mode: 'parallel' });

// The page gets a third of the processes, but one at least.
const processes = Math.max(2, availableParallelism());
const forPages = Math.max(1, Math.floor(processes / 3));

for (const [what, suite, lanes] of [
  ['the relay', relay, processes - forPages],
  ["the page's line", page, forPages],
] as const) {
  test(`every change of ${what} fails a test, or is known to do no harm`, async () => {
    const unnoticed = await findUnnoticed(suite, lanes);
    expect(unnoticed, `MUTATE_SEED=${seed} repeats this order`).toEqual([]);
  });
}

type Candidate = { source: Source; mutant: Mutant };

/**
 * Every change of these files that is not known to do no harm, in a random order in which those of heavy files tend to
 * come first.
 */
function listCandidates(sources: Source[]): Candidate[] {
  const random = createRandom(seed);
  const isHarmless = ({ source: each, mutant }: Candidate) =>
    survivors.some(
      ({ file, line, change }) => file === pathOf(each) && line === mutant.line && change === mutant.change,
    );
  const isWanted = ({ file }: Source) => MUTATE_FILES.split(',').some((part) => file.includes(part));
  return sources
    .filter(isWanted)
    .flatMap((each) =>
      findMutants(readFileSync(pathOf(each), 'utf8')).map((mutant) => ({ source: each, mutant })),
    )
    .filter((candidate) => !isHarmless(candidate))
    .map((candidate) => ({ candidate, at: random.next() ** (1 / candidate.source.weight) }))
    .sort((a, b) => b.at - a.at)
    .map(({ candidate }) => candidate);
}

const pathOf = ({ file }: Source) => `src/${file}.ts`;

/** Tries changes until the time is over. Returns those that no test notices and no reason excuses. */
async function findUnnoticed({ sources, specOf, pages }: Group, lanes: number): Promise<string[]> {
  const end = performance.now() + minutes * 60_000;
  const candidates = listCandidates(sources);
  const names = new Set(sources.flatMap(({ specs }) => specs));
  const suite: Suite = { specs: [...names].map(specOf), pages };
  const first = openCourt(suite);
  const unchanged = await first.judge();
  expect(unchanged.failed, 'a test that fails without any change').toBeUndefined();
  const unnoticed: string[] = [];
  const tried: Record<string, number> = {};
  const orders = new Map<Source, number[]>();
  let next = 0;

  async function runLane({ judge, close }: ReturnType<typeof openCourt>): Promise<void> {
    while (next < candidates.length && performance.now() < end) {
      const { source: picked, mutant } = candidates[next++]!;
      const path = pathOf(picked);
      const order = orders.get(picked) ?? orderTests(unchanged.tests, picked.specs);
      const { failed } = await judge({ path, text: mutant.text }, order);
      tried[picked.file] = (tried[picked.file] ?? 0) + 1;
      if (!failed) {
        const change = `${path}:${mutant.at}: ${mutant.change} | ${mutant.line}`;
        console.log(`no test notices ${change}`);
        unnoticed.push(change);
      }
      // A test that has noticed one change may notice the next.
      else if (failed.index >= 0)
        orders.set(picked, [failed.index, ...order.filter((index) => index !== failed.index)]);
    }
    close();
  }
  await Promise.all([first, ...Array.from({ length: lanes - 1 }, () => openCourt(suite))].map(runLane));
  console.log(
    `${next} of ${candidates.length} changes tried with MUTATE_SEED=${seed}, ${unnoticed.length} unnoticed`,
    tried,
  );
  return unnoticed;
}

/** All tests: those of these specs first and in this order, and slow ones after quick ones. */
function orderTests(tests: Verdict['tests'], specs: string[]): number[] {
  const nameOf = (spec: string) => /\/([\w-]+)/.exec(spec)![1]!;
  const rank = ({ spec, time }: Verdict['tests'][number]) => {
    const at = specs.indexOf(nameOf(spec));
    return (at < 0 ? 1_000_000 : at) + (time > 1_000 ? 100 + time : 0);
  };
  return tests
    .map((each, index) => ({ index, rank: rank(each) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ index }) => index);
}
