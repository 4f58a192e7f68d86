/** `emulate` answers only by names of this machine, since everybody knows its credentials. */
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect, test } from '@playwright/test';
import { runAlone } from '../run-command.ts';
import { startEmulate } from './emulate.ts';

const local = ['--rp-id', 'login.example.com', '--origin', 'https://login.example.com'];

test('emulate refuses a page that reaches it under another name, and answers by the names of this machine', async () => {
  const told = ['--host', 'host.docker.internal', '--host', 'FD00::1'];
  const { base, account, calls, stop } = await startEmulate(...local, ...told);
  const { accountSid, authToken, serviceSid } = account;
  const { port } = new URL(base);
  /** Reads the Service as a call with this Host. */
  const read = async (host: string) => {
    const call = request(`${base}/v2/Services/${serviceSid}`, {
      headers: { host, authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` },
    });
    call.end();
    const [response] = await once(call, 'response');
    return { status: response.statusCode, body: await text(response) };
  };
  for (const name of ['127.0.0.1', '127.8.9.1', 'localhost', 'LOCALHOST', '[::1]', 'host.docker.internal']) {
    for (const host of [name, `${name}:${port}`, `${name}:1`]) {
      expect([host, (await read(host)).status]).toEqual([host, 200]);
    }
  }
  expect((await read('[fd00::1]:8787')).status).toBe(200);
  for (const host of [
    'attacker.example',
    `attacker.example:${port}`,
    'login.example.com',
    'localhost.attacker.example',
    '127.0.0.1.attacker.example',
    'xlocalhost',
    'attacker.localhost',
    'host.docker.internal.attacker.example',
    'attacker.example@127.0.0.1',
    '127.0.0.1@attacker.example',
    '127.0.0.1#',
    '127.0.0.1?',
    '[fd00::2]',
    '192.0.2.1',
    '0.0.0.0',
    '[::]',
    '[::ffff:192.0.2.1]',
  ]) {
    const { status, body } = await read(host);
    expect([host, status]).toEqual([host, 403]);
    expect(JSON.parse(body)).toEqual({
      code: 20403,
      message: expect.stringMatching(/^expected the Host to be localhost or 127\.0\.0\.1, got ".*--host/),
      more_info: null,
      status: 403,
    });
    expect(body).not.toContain('origins');
  }
  expect(calls().at(-1)).toMatch(/^GET \S+ 403 20403 expected the Host/);
  await stop();
});

test('emulate exits with 2 if --host is given more than a name', async () => {
  for (const host of ['http://proxy', 'a/b', '', 'a b']) {
    const { error, code } = await runAlone(['emulate', ...local, '--host', host]);
    expect(code).toBe(2);
    expect(error).toContain(`expected --host with a name such as host.docker.internal, got "${host}"`);
  }
});
