/** An unreliable Verify: the emulator behind a server that randomly fails, resets, hangs or cuts answers. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator } from 'verify-passkeys/emulator';
import { settings } from '../play-verify.ts';
import { basic, serviceSid } from '../world.ts';
import type { Random } from './random.ts';

/** What happens to a call, and how often. The last three reach Verify, but the relay gets no whole answer. */
const fates = { fails: 0.05, resets: 0.03, hangs: 0.02, loses: 0.05, cuts: 0.05 };
type Fate = keyof typeof fates | 'passes';

export async function startVerify(random: Random) {
  const emulator = createEmulator(settings);
  const played: Record<Fate, number> = { passes: 0, fails: 0, resets: 0, hangs: 0, loses: 0, cuts: 0 };
  let isStormy = false;

  function draw(): Fate {
    let left = isStormy ? random.next() : 1;
    for (const [fate, often] of Object.entries(fates)) {
      left -= often;
      if (left < 0) return fate as Fate;
    }
    return 'passes';
  }

  const server = createServer(async (request, response) => {
    const body: Buffer[] = [];
    for await (const chunk of request) body.push(chunk);
    const fate = draw();
    played[fate]++;
    if (fate === 'resets') return void request.socket.destroy();
    if (fate === 'fails') return send(response, 503, '{"code":20500,"message":"Unavailable","status":503}');
    const { method = 'GET', url, headers } = request;
    const init = { method, headers: headers as Record<string, string>, body: Buffer.concat(body) };
    const asked = method === 'GET' ? { ...init, body: null } : init;
    const answer = await emulator.fetch(`https://verify.twilio.com${url}`, asked);
    const text = await answer.text();
    if (fate === 'loses') return void request.socket.destroy();
    // Hangs until the relay gives up.
    if (fate === 'hangs') return;
    if (fate === 'cuts' && text) {
      response.writeHead(answer.status, head(text));
      return void response.write(text.slice(0, text.length / 2), () => request.socket.destroy());
    }
    send(response, answer.status, text);
  }).listen(0, '127.0.0.1');
  // A connection that closes while it is reused would be one more reset.
  server.keepAliveTimeout = 60_000;
  await once(server, 'listening');

  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    played,
    setStormy(stormy: boolean): void {
      isStormy = stormy;
    },
    /** Reads from the emulator directly, without the failures. */
    async isVerified(identity: string, factorSid: string): Promise<boolean> {
      const path = `/v2/Services/${serviceSid}/Entities/${identity}/Factors/${factorSid}`;
      const headers = { authorization: basic };
      const answer = await emulator.fetch(`https://verify.twilio.com${path}`, { headers });
      return (await answer.json()).status === 'verified';
    },
    stop(): void {
      server.closeAllConnections();
      server.close();
    },
  };
}

const head = (text: string) => ({
  'content-type': 'application/json',
  'content-length': Buffer.byteLength(text),
});

function send(response: ServerResponse, status: number, text: string): void {
  if (!text) response.writeHead(status).end();
  else response.writeHead(status, head(text)).end(text);
}
