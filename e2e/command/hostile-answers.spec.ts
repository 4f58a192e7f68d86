/** `service` neither prints what an answer holds as it is, nor reads an answer that does not end. */
import { gzipSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { relyingParty } from '../play-verify.ts';
import { run } from '../run-command.ts';
import { serviceSid } from '../world.ts';
import { type CommandVerify, startVerify } from './start-verify.ts';

const page = 'https://login.example.com';
const relay = 'https://relay.example.com/passkeys';
const criteria = {
  authenticator_attachment: 'any',
  discoverable_credentials: 'required',
  user_verification: 'preferred',
};

/** Puts the Service into the emulator that plays Verify. */
function store({ storage }: CommandVerify, party: object, friendlyName = 'Example') {
  const settings = { sid: serviceSid, friendlyName, created: 0, updated: 0, criteria };
  storage.set(`service:${serviceSid}`, { ...settings, relyingParty: { ...relyingParty, ...party } });
}

/** Escape, CSI of C1, DEL, an end of line in five forms, bidirectional marks, a zero-width and a tag character. */
const hostile = 'x\u001b[2J\u009b2J\u007f\r\n60380 forged\u0085\u2028\u2029\u202e\u2066\u200f\u200b\u{e0041}';

test('service prints what Verify and the relay answer, as text and as JSON, without characters that mislead', async () => {
  const verify = await startVerify(({ host }) =>
    host === 'relay.example.com'
      ? Response.json({ code: hostile, message: hostile }, { status: 409 })
      : undefined,
  );
  const refusing = await startVerify(() => Response.json({ code: 60200, message: hostile }, { status: 400 }));
  store(verify, { id: `${hostile}.example`, name: hostile, origins: [hostile] }, hostile);
  const own = ['--origin', page];
  const fresh = ['--name', 'A', '--rp-id', 'example.com', ...own, '--yes'];
  const rows: [args: string[], verify: CommandVerify, issues?: number][] = [
    [['check', ...own, '--relay', relay, '--json'], verify, 5],
    [['check', ...own, '--relay', relay], verify],
    [['update', '--name', 'A', ...own, '--rp-id', 'example.com', '--yes'], verify],
    [['check', ...own, '--json'], refusing, 1],
    [['check', ...own], refusing],
    [['create', ...fresh], refusing],
    [['update', ...fresh], refusing],
    [['probe'], refusing],
  ];
  for (const [args, { variables }, issues] of rows) {
    const { out, error } = await run(['service', ...args], variables);
    const said = out + error;
    expect(said, args.join(' ')).toContain('\\u001b[2J\\u009b2J\\u007f');
    expect(said.replaceAll('\n', ''), args.join(' ')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(said).not.toMatch(/^60380 forged/m);
    if (issues === undefined) continue;
    // The escapes are JSON's own, so a program that reads the output gets the text as Verify sent it.
    const read: { message: string }[] = JSON.parse(out);
    expect(read.length).toBeGreaterThanOrEqual(issues);
    expect(read.some(({ message }) => message.includes(hostile) || message.includes('\\u009b'))).toBe(true);
  }
  await verify.stop();
  await refusing.stop();
});

const megabyte = new TextEncoder().encode(' '.repeat(1024 * 1024));

/** An answer of this many megabytes, and how many of them were fetched from it. */
function stream(megabytes: number, headers: Record<string, string>, chunk: Uint8Array = megabyte) {
  const sent = { chunks: 0 };
  const body = new ReadableStream({
    pull(controller) {
      if (sent.chunks++ < megabytes) controller.enqueue(chunk);
      else controller.close();
    },
  });
  return { sent, answer: () => new Response(body, { headers }) };
}

test('service reads no more than a megabyte of what Verify, the relay or a related origin answers', async () => {
  const json = { 'content-type': 'application/json' };
  const endless = stream(Number.POSITIVE_INFINITY, json);
  const long = stream(700, { ...json, 'content-length': String(700 * megabyte.length) });
  const related = stream(Number.POSITIVE_INFINITY, json);
  // 700 KB on the wire are 700 MB once they are decompressed.
  const packed = stream(700, { ...json, 'content-encoding': 'gzip' }, gzipSync(megabyte));
  const check = ['service', 'check', '--origin', page];

  for (const { answer } of [endless, packed]) {
    const verify = await startVerify(answer);
    const { out, error, code } = await run(check, verify.variables);
    await verify.stop();
    expect({ out, code }).toEqual({ out: '', code: 2 });
    expect(error).toBe('verify-passkeys: verify.twilio.com answered with more than 1048576 bytes\n');
  }
  const verify = await startVerify(({ host }) => {
    if (host === 'relay.example.com') return long.answer();
    return host === 'example.net' ? related.answer() : undefined;
  });
  store(verify, { id: 'example.net', origins: [page] });
  const { out } = await run([...check, '--relay', relay, '--json'], verify.variables);
  await verify.stop();
  expect(JSON.parse(out)).toContainEqual({
    path: 'relay',
    code: 'unreachable',
    message: 'The relay at relay.example.com answered with more than 1048576 bytes.',
    fix: expect.any(String),
  });
  expect(JSON.parse(out)).toContainEqual(expect.objectContaining({ code: 'wrong_relying_party' }));
  // What was sent before the command hung up lies in the buffers between the two.
  for (const { sent } of [endless, long, related]) {
    expect(sent.chunks).toBeGreaterThan(1);
    expect(sent.chunks).toBeLessThan(64);
  }
});
