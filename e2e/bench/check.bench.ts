/** What checking a credential costs in Node, compared with parsing and hashing the same body. */
import { createHash } from 'node:crypto';
import { cpus } from 'node:os';
import { test } from '@playwright/test';
import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { authentication, flatten, recorded, registration } from '../credential.ts';

const rounds = 20_000;

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

/** The median time of each function in milliseconds. They run in turns, so that a slow machine slows them all. */
function race(works: (() => unknown)[]): number[] {
  const times = works.map((): number[] => []);
  for (let round = -rounds / 10; round < rounds; round++) {
    works.forEach((work, i) => {
      const started = performance.now();
      work();
      if (round >= 0) times[i]!.push(performance.now() - started);
    });
  }
  return times.map(median);
}

test('what checking a credential takes, compared with parsing and hashing the same body', () => {
  const names = ['registration', 'authentication'] as const;
  console.log(`\n${cpus()[0]!.model}, Node ${process.version}, ${rounds} rounds in turns\n`);
  console.log('| body | JSON.parse and SHA-256, ms | check, ms | ratio | check of a flat body, ms |');
  console.log('|---|---|---|---|---|');
  for (const name of names) {
    const [body, check] =
      name === 'registration' ? [registration, checkRegistration] : [authentication, checkAuthentication];
    const text = JSON.stringify(body);
    const flat = flatten(body);
    const [least, good, mistaken] = race([
      () => [JSON.parse(text), createHash('sha256').update(text).digest()],
      () => check(body, recorded),
      () => check(flat),
    ]) as [number, number, number];
    const cells = [least.toFixed(4), good.toFixed(4), (good / least).toFixed(1), mistaken.toFixed(4)];
    console.log(`| ${name} | ${cells.join(' | ')} |`);
  }
});
