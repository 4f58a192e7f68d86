/** A server of the relay's benchmark in its own process: `node relay-server.mjs verify | bare <upstream> | relay <upstream>`. */
import { createServer } from 'node:http';
import { serve } from '@hono/node-server';
import { createRelay } from 'verify-passkeys/relay';

const accountSid = `AC${'2'.repeat(32)}`;
const serviceSid = `VA${'1'.repeat(32)}`;
const authToken = 'the-auth-token-of-the-account';
const authorization = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
const type = 'application/json';

const identity = 'the-user-of-the-bench';

/** Answers every call at once with the same Challenge or Factor. */
function startVerify() {
  const sid = `YC${'3'.repeat(32)}`;
  const challenge = Buffer.from(sid).toString('base64url');
  const publicKey = {
    challenge,
    rpId: 'localhost',
    allowCredentials: [],
    userVerification: 'preferred',
    timeout: 300_000,
  };
  const factorSid = `YF${'3'.repeat(32)}`;
  const creation = {
    rp: { id: 'localhost', name: 'Bench' },
    user: { id: Buffer.from(`YE${'3'.repeat(32)}`).toString('base64url'), name: 'x', displayName: 'x' },
    challenge: Buffer.from(factorSid).toString('base64url'),
    pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
  };
  const factor = JSON.stringify({
    sid: factorSid,
    status: 'unverified',
    identity,
    options: { publicKey: creation },
  });
  const owner = {
    account_sid: accountSid,
    service_sid: serviceSid,
    entity_sid: '',
    identity: '',
    factor_sid: '',
  };
  const begun = JSON.stringify({
    sid,
    ...owner,
    status: 'pending',
    factor_type: 'passkeys',
    options: { publicKey },
  });
  return createServer((incoming, outgoing) => {
    const answer = incoming.url?.endsWith('/Factors') ? factor : begun;
    const headers = { 'content-type': type, 'content-length': answer.length };
    incoming.resume().on('end', () => outgoing.writeHead(201, headers).end(answer));
  });
}

/** The simplest proxy possible, with the same fetch to Verify as the relay. */
function startBareProxy(upstream) {
  return createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const headers = { authorization, 'content-type': type };
    const response = await fetch(upstream + incoming.url, {
      method: 'POST',
      headers,
      body: Buffer.concat(chunks),
    });
    outgoing
      .writeHead(response.status, { 'content-type': type })
      .end(Buffer.from(await response.arrayBuffer()));
  });
}

function startRelay(upstream) {
  const { fetch } = globalThis;
  // Plays verify.twilio.com in this process.
  globalThis.fetch = (url, init) => fetch(upstream + new URL(url).pathname, init);
  const relay = createRelay({
    serviceSid,
    accountSid,
    authToken,
    cookieSecret: 'a secret of at least 32 characters',
    storage: new Map(),
    identify: (_, step) => (step === 'authenticate' ? null : { identity }),
  });
  const use = ({ url }) => {
    // A garbage collection takes time, so it runs only to measure the heap.
    if (url.endsWith('/heap')) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    return Response.json({ heap: process.memoryUsage().heapUsed, cpu: (user + system) / 1000 });
  };
  return serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch: (request) => (request.method === 'GET' ? use(request) : relay(request)),
  });
}

const [role, upstream] = process.argv.slice(2);
const server = { verify: startVerify, bare: startBareProxy, relay: startRelay }[role](upstream);
server.keepAliveTimeout = 600_000;
if (!server.listening) server.listen(0, '127.0.0.1');
server.on('listening', () => console.log(String(server.address().port)));
