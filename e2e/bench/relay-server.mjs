/** A server of the relay's benchmark in its own process: `node relay-server.mjs ROLE UPSTREAM`, with a role of `roles`. */
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import twilio from 'twilio';
import { createRelay } from 'verify-passkeys/relay';

const accountSid = `AC${'2'.repeat(32)}`;
const serviceSid = `VA${'1'.repeat(32)}`;
const authToken = 'the-auth-token-of-the-account';
const authorization = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
const type = 'application/json';

const identity = 'the-user-of-the-bench';

/** Answers every call at once with the same Challenge or Factor. */
function verify() {
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
  return (incoming, outgoing) => {
    const answer = incoming.url?.endsWith('/Factors') ? factor : begun;
    const headers = { 'content-type': type, 'content-length': answer.length };
    incoming.resume().on('end', () => outgoing.writeHead(201, headers).end(answer));
  };
}

/** The simplest proxy possible, with the same fetch to Verify as the relay. */
function proxy(upstream) {
  return async (incoming, outgoing) => {
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
  };
}

/** What an app writes with Express and fetch. It sets no cookie and checks nothing. */
function useFetch(upstream) {
  const app = express().use(express.json());
  app.post('/passkeys/Challenges', async (_, response) => {
    const headers = { authorization, 'content-type': type };
    const answer = await fetch(`${upstream}/v2/Services/${serviceSid}/Passkeys/Challenges`, {
      method: 'POST',
      headers,
      body: '{}',
    });
    const { sid, status, options } = await answer.json();
    response.status(answer.status).json({ sid, status, options });
  });
  return app;
}

/** What an app writes with Express and Twilio's library. It sets no cookie and checks nothing. */
function useTwilio(upstream) {
  const httpClient = new twilio.RequestClient();
  const send = httpClient.request.bind(httpClient);
  httpClient.request = (options) =>
    send({ ...options, uri: options.uri.replace('https://verify.twilio.com', upstream) });
  const service = twilio(accountSid, authToken, { httpClient }).verify.v2.services(serviceSid);
  const app = express().use(express.json());
  app.post('/passkeys/Challenges', async (_, response) => {
    const { sid, status, options } = await service.newChallenge().create();
    response.status(201).json({ sid, status, options });
  });
  return app;
}

function useRelay(upstream) {
  const { fetch } = globalThis;
  // Plays verify.twilio.com in this process.
  globalThis.fetch = (url, init) => fetch(upstream + new URL(url).pathname, init);
  return getRequestListener(
    createRelay({
      serviceSid,
      accountSid,
      authToken,
      cookieSecret: 'a secret of at least 32 characters',
      storage: new Map(),
      identify: (_, step) => (step === 'authenticate' ? null : { identity }),
    }),
  );
}

/** The bytes of the heap, and the milliseconds of CPU time that this process has taken. */
function measure(url, response) {
  // A garbage collection takes time, so it runs only to measure the heap.
  if (url.endsWith('/heap')) globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  response.end(JSON.stringify({ heap: process.memoryUsage().heapUsed, cpu: (user + system) / 1000 }));
}

const roles = { verify, proxy, fetch: useFetch, twilio: useTwilio, relay: useRelay };
const [role, upstreamAddress] = process.argv.slice(2);
const listener = roles[role](upstreamAddress);
const server = createServer((request, response) =>
  request.method === 'GET' ? measure(request.url, response) : listener(request, response),
);
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => console.log(String(server.address().port)));
