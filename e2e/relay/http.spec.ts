/** The relay behind a real server: requests that need raw bytes, and a page that leaves. */
import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { serve } from '@hono/node-server';
import { expect, test } from '@playwright/test';
import { accountSid, authToken, cookieSecret } from '../world.ts';
import { ada, type Relay, setUp } from './stage.ts';

/** Serves a relay on its own port for the time of a test. */
async function listen<T>(relay: Relay, work: (port: number) => Promise<T>): Promise<T> {
  const server = serve({ fetch: relay, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  try {
    return await work((server.address() as AddressInfo).port);
  } finally {
    // Otherwise the server would wait for sockets that a test left open.
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  }
}

async function open(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes.replaceAll('PORT', String(port)), 'latin1');
  return socket;
}

/** Sends bytes, and returns what the server answers until it closes or the first answer is complete. */
async function say(port: number, bytes: string): Promise<string> {
  const socket = await open(port, bytes);
  let said = '';
  for await (const chunk of socket) {
    said += chunk;
    const length = /content-length: (\d+)/i.exec(said)?.[1];
    const body = said.indexOf('\r\n\r\n') + 4;
    if (length && body > 3 && said.length >= body + Number(length)) break;
    if (said.endsWith('\r\n0\r\n\r\n')) break;
  }
  socket.destroy();
  for (const secret of [accountSid, authToken, cookieSecret]) expect(said).not.toContain(secret);
  expect(said).not.toMatch(/\n\s+at |node_modules/);
  return said;
}

const head = (line: string, ...headers: string[]) =>
  [
    line,
    'Host: localhost:PORT',
    'Origin: http://localhost:PORT',
    'Content-Type: application/json',
    `Cookie: session=${ada}`,
    ...headers,
    '',
    '',
  ].join('\r\n');

test('a call in raw bytes is answered', async () => {
  const stage = setUp();
  const said = await listen(stage.relay, (port) =>
    say(port, `${head('POST /passkeys/Challenges HTTP/1.1', 'Content-Length: 2')}{}`),
  );
  expect(said).toMatch(/^HTTP\/1\.1 201 /);
  expect(stage.upstream).toHaveLength(1);
});

for (const [what, line, status] of [
  ['dot segments past a route', 'POST /passkeys/Challenges/.. HTTP/1.1', 404],
  ['encoded dot segments', 'POST /passkeys/Challenges/%2e%2e/%2E%2E/Services HTTP/1.1', 404],
  ['an encoded slash', 'POST /passkeys%2FChallenges HTTP/1.1', 404],
  ['a double encoding', 'POST /passkeys/%2543hallenges HTTP/1.1', 404],
  ['a NUL', 'POST /passkeys/Challenges%00 HTTP/1.1', 404],
  ['a backslash', 'POST /passkeys\\Challenges HTTP/1.1', 400],
  ['an absolute address', 'POST http://verify.twilio.com/v2/Services HTTP/1.1', 404],
] as const) {
  test(`a request line with ${what} does not reach Verify`, async () => {
    const stage = setUp();
    const said = await listen(stage.relay, (port) => say(port, `${head(line, 'Content-Length: 2')}{}`));
    expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(stage.upstream).toEqual([]);
  });
}

test('dot segments before a route do not change the call to Verify', async () => {
  const stage = setUp();
  const line = 'POST /a/../b/./../../passkeys/Challenges?/../../x HTTP/1.1';
  await listen(stage.relay, (port) => say(port, `${head(line, 'Content-Length: 2')}{}`));
  expect(stage.upstream.map(({ path }) => path)).toEqual([
    `/v2/Services/VA${'1'.repeat(32)}/Passkeys/Challenges`,
  ]);
});

for (const [what, headers, body] of [
  ['two lengths', ['Content-Length: 2', 'Content-Length: 40'], '{}'],
  ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked'], '2\r\n{}\r\n0\r\n\r\n'],
  ['a folded header', ['X: a', ' Origin: http://evil', 'Content-Length: 2'], '{}'],
  ['a space before the colon', ['Content-Length : 2'], '{}'],
  ['a line feed in a header', ['X: a\nOrigin: x', 'Content-Length: 2\rX: y'], '{}'],
] as const) {
  test(`a request smuggled by ${what} does not reach Verify`, async () => {
    const stage = setUp();
    const smuggled = 'POST /passkeys/Challenges HTTP/1.1';
    const said = await listen(stage.relay, (port) => say(port, head(smuggled, ...headers) + body));
    expect(said).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(stage.upstream).toEqual([]);
  });
}

for (const [what, header, status] of [
  ['two Origins', 'Origin: https://evil.example', 403],
  ['two content types', 'Content-Type: text/plain', 415],
] as const) {
  test(`a request with ${what} is refused, whichever comes first`, async () => {
    const stage = setUp();
    const [line, ...rest] = head('POST /passkeys/Challenges HTTP/1.1', 'Content-Length: 2').split('\r\n');
    const first = `${[line, header, ...rest].join('\r\n')}{}`;
    const last = `${head(line!, header, 'Content-Length: 2')}{}`;
    for (const bytes of [first, last]) {
      const said = await listen(stage.relay, (port) => say(port, bytes));
      expect(said).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
    expect(stage.upstream).toEqual([]);
  });
}

test('a body that never ends is answered after the timeout', async () => {
  const stage = setUp({ relay: { timeout: 500 } });
  const endless = `${head('POST /passkeys/Factors HTTP/1.1', 'Transfer-Encoding: chunked')}1\r\n{\r\n`;
  const said = await listen(stage.relay, (port) => say(port, endless));
  expect(said).toMatch(/^HTTP\/1\.1 400 /);
  expect(said).toContain('60306');
  expect(stage.upstream).toEqual([]);
});

test('a body that never stops is refused at 64 KiB', async () => {
  const stage = setUp();
  const said = await listen(stage.relay, async (port) => {
    const socket = await open(port, head('POST /passkeys/Factors HTTP/1.1', 'Transfer-Encoding: chunked'));
    const chunk = `400\r\n${' '.repeat(0x400)}\r\n`;
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => {});
    while (!answer && !socket.destroyed) {
      // The server may reset the connection after its answer, which makes these promises reject.
      const wait = () => Promise.race(['drain', 'data', 'close'].map((event) => once(socket, event)));
      if (!socket.write(chunk)) await wait().catch(() => {});
      else await new Promise(setImmediate);
    }
    socket.destroy();
    return answer;
  });
  expect(said).toMatch(/^HTTP\/1\.1 413 /);
  expect(stage.upstream).toEqual([]);
});

test('the call to Verify ends when the page leaves', async () => {
  let arrived = () => {};
  const reached = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  let ended = () => {};
  const aborted = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const stage = setUp({
    verify: (request) => {
      request.signal.addEventListener('abort', ended);
      arrived();
      return new Promise(() => {});
    },
  });
  await listen(stage.relay, async (port) => {
    const socket = await open(port, `${head('POST /passkeys/Challenges HTTP/1.1', 'Content-Length: 2')}{}`);
    await reached;
    socket.destroy();
    await aborted;
  });
  expect(stage.upstream).toHaveLength(1);
});
