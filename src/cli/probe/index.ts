/** `verify-passkeys service probe`: asks a real Service whether what this package assumes of Verify is so. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type Assumption, assumptions } from '../../contract/assumption.ts';
import { isWeb } from '../../contract/origin.ts';
import { printLines } from '../print.ts';
import { callServices, readAccount, readServiceSid } from '../service/verify.ts';
import { ask, type ProbeResult } from './ask.ts';
import { maxCalls, type Target } from './calls.ts';
import { judgeRows } from './judge.ts';
import type { Judgement, Transcript } from './transcript.ts';

export async function probe(args: string[]): Promise<number> {
  const options = {
    base: { type: 'string' },
    json: { type: 'string' },
    expired: { type: 'boolean', default: false },
  } as const;
  const { base, json, expired } = parseArgs({ args, options }).values;
  const account = readAccount(process.env, base);
  const sid = readServiceSid(process.env);
  const answer = await callServices(account, `/${sid}`);
  if ('issue' in answer) {
    const { code, message, fix } = answer.issue;
    return say(`${code}: ${message} ${fix} Nothing was asked.`, 1);
  }
  const { passkeys, friendly_name } = answer.service;
  const party = passkeys?.relying_party;
  if (!party?.id || !party.origins?.length) {
    return say(
      `${sid} is not set up for passkeys: service update sets its relying party. Nothing was asked.`,
      1,
    );
  }
  const origin = party.origins.find(isWeb);
  if (origin === undefined) {
    return say(`${sid} lists only origins of apps, and the probe plays a page. Nothing was asked.`, 1);
  }
  const others = party.origins.filter((other) => other !== origin);
  const stop = new AbortController();
  const end = () => stop.abort();
  // The first Ctrl-C stops the asking, and the probe removes what it made. The second ends the process.
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  const target: Target = {
    service: `${account.address}/v2/Services/${sid}`,
    account: account.basic,
    origin,
    rpId: party.id,
    secrets: [
      [sid, `VA${'1'.padStart(32, '0')}`],
      [friendly_name ?? '', 'service-name'],
      [party.name ?? '', 'relying-party-name'],
      ...others.map((other, i) => [other, `https://origin-${i + 2}.example.com`] as const),
    ],
    expired,
    signal: stop.signal,
    onCall: (step, count) => process.stderr.write(printLines([`${String(count).padStart(3)} ${step}`])),
  };
  process.stdout.write(
    printLines([
      `Asks ${sid} at ${account.address} in at most ${maxCalls} calls, as a page on ${origin}.`,
      'Creates passkeys under an identity of its own, probe-…, and removes them. Touches nothing else.',
      'Its Challenges expire by themselves after five minutes.',
      ...(expired ? ['Waits five minutes for one to expire.'] : []),
      '',
    ]),
  );
  const asked = await ask(target).finally(() => {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  });
  const { calls, stopped } = asked;
  const rows = judgeRows(calls, stopped?.why ?? null);
  const transcript: Transcript = {
    transcript: 'verify-passkeys service probe',
    calls,
    stopped: stopped?.why ?? null,
    rows,
  };
  process.stdout.write(report(rows));
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify(transcript, null, 2)}\n`);
    process.stdout.write(
      printLines(['', `The transcript is in ${json}. It holds placeholders instead of SIDs, ids and names.`]),
    );
  }
  return conclude(rows, asked, sid);
}

function say(sentence: string, status: number): number {
  process.stderr.write(printLines([`verify-passkeys: ${sentence}`]));
  return status;
}

/** One line a row, and what an "otherwise" means for an app. */
function report(rows: readonly Judgement[]): string {
  const byName = new Map<string, Assumption>(assumptions.map((row) => [row.name, row]));
  const width = Math.max(...rows.map(({ name }) => name.length));
  return printLines(
    rows.flatMap(({ name, verdict, said }) => {
      const line = `${name.padEnd(width)}  ${{ 'as assumed': 'as assumed', otherwise: `otherwise: ${said}`, 'not asked': `could not be asked: ${said}` }[verdict]}`;
      const row = byName.get(name);
      if (verdict !== 'otherwise' || !row) return [line];
      return [line, `  Assumed: ${row.assumed}`, `  For your app: ${row.matters}`];
    }),
  );
}

function conclude(rows: Judgement[], { stopped, left, calls }: ProbeResult, sid: string): number {
  const count = (verdict: Judgement['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  const lines = [
    '',
    `${count('as assumed')} as assumed, ${count('otherwise')} otherwise, ${count('not asked')} not asked, in ${calls.length} calls.`,
    ...(left.length === 0 ? ['Everything that the probe made is removed.'] : []),
  ];
  process.stdout.write(printLines(lines));
  for (const { path, why } of left) {
    const url = `https://verify.twilio.com/v2/Services/${sid}${path}`;
    say(
      `left behind: ${path} (${why}). Remove it: curl -X DELETE -u "$TWILIO_API_KEY:$TWILIO_API_KEY_SECRET" ${url}`,
      1,
    );
  }
  if (stopped) return say(stopped.why, stopped.isRefusal ? 1 : 2);
  return left.length > 0 || count('otherwise') > 0 ? 1 : 0;
}
