/** What the check of a credential costs before it is sent, in Node. */
import { cpus } from 'node:os';
import { expect, test } from '@playwright/test';
import { checkAuthentication, checkRegistration } from 'verify-passkeys';
import { authentication, flatten, recorded, registration } from '../credential.ts';

const rounds = 20_000;

const median = (times: number[]) => times.sort((a, b) => a - b)[times.length >> 1]!;

function measure(check: () => unknown): number {
  for (let round = 0; round < rounds / 10; round++) check();
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    check();
    times.push(performance.now() - started);
  }
  return median(times);
}

test('the check of a good credential costs less than 0.1 ms', () => {
  const rows: [string, () => unknown, number?][] = [
    ['a good registration', () => checkRegistration(registration, recorded), 0.1],
    ['a good authentication', () => checkAuthentication(authentication, recorded), 0.1],
    ['a flat registration', () => checkRegistration(flatten(registration))],
    ['a flat authentication', () => checkAuthentication(flatten(authentication))],
  ];
  console.log(`\n${cpus()[0]!.model}, Node ${process.version}, ${rounds} rounds\n`);
  console.log('| check of | median, ms |\n|---|---|');
  for (const [what, check, most = Infinity] of rows) {
    const time = measure(check);
    console.log(`| ${what} | ${time.toFixed(4)} |`);
    expect(time).toBeLessThan(most);
  }
});
