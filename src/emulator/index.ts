/**
 * Plays Verify Passkeys for development, tests and demos. It judges like Verify and protects nothing.
 * Every answer has the header `x-emulated`. Runs in Node and in a service worker.
 *
 * @module verify-passkeys/emulator
 */
import { readForm, readJson } from './body.ts';
import { approveChallenge, createChallenge } from './challenge.ts';
import { type Config, type EmulatorConfig, readConfig } from './config.ts';
import {
  createOtherFactor,
  deleteEntity,
  deleteFactor,
  listFactors,
  readEntity,
  readFactor,
  renameFactor,
} from './entity.ts';
import { createFactor, verifyFactor } from './factor.ts';
import { Refusal } from './refusal.ts';
import { createService, findService, listServices, presentService, updateService } from './service.ts';

export type { Attachment, EmulatorConfig, EmulatorStorage, Preference } from './config.ts';
export type { RelyingParty } from './service.ts';

/** Replaces `fetch` for calls to `https://verify.twilio.com`. */
export type Emulator = {
  /**
   * Answers like Verify. Only the path of the address counts, so any host will do.
   * Handles one request at a time, so that a Challenge is used only once whatever the storage is.
   */
  fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;
};

/**
 * Creates an emulator that starts with one Verify Service.
 *
 * @throws TypeError that names the option, if one is missing or malformed.
 * @example
 * ```ts
 * const { fetch } = createEmulator({
 *   serviceSid: `VA${'1'.repeat(32)}`,
 *   accountSid: `AC${'1'.repeat(32)}`,
 *   authToken: 'any',
 *   relyingParty: { id: 'localhost', name: 'Test', origins: ['http://localhost:3000'] },
 *   authenticatorAttachment: 'any',
 *   discoverableCredentials: 'required',
 *   userVerification: 'preferred',
 * });
 * ```
 * @see https://www.twilio.com/docs/verify/quickstarts/passkeys
 */
export function createEmulator(config: EmulatorConfig): Emulator {
  const settings = readConfig(config);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    fetch(input, init) {
      const answer = queue.then(() => handle(settings, new Request(input, init)));
      queue = answer.catch(() => {});
      return answer;
    },
  };
}

async function handle(config: Config, request: Request): Promise<Response> {
  try {
    const [status, body] = await route(config, request);
    return reply(status, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const { code, message, status } = error;
    return reply(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
  }
}

function reply(status: number, body: unknown): Response {
  const headers = {
    'content-type': 'application/json',
    'twilio-request-id': `RQ${crypto.randomUUID().replace(/-/g, '')}`, // Assumption: request-id
    'x-emulated': 'verify-passkeys',
  };
  return new Response(body === undefined ? null : JSON.stringify(body), { status, headers });
}

/** Checks the account, the Service and the resource in the order in which Verify does. */
async function route(config: Config, request: Request): Promise<[status: number, body?: unknown]> {
  authorize(config, request);
  const { pathname, searchParams } = new URL(request.url);
  const [, version, services, serviceSid, group, name, factors, sid, ...rest] = pathname.split('/');
  const { method } = request;
  const notFound = new Refusal(20404, `The requested resource ${pathname} was not found`, 404);
  if (version !== 'v2' || services !== 'Services' || rest.length > 0) throw notFound;
  if (!serviceSid) {
    if (group !== undefined) throw notFound;
    if (method === 'GET') return [200, await listServices(config, searchParams)];
    if (method === 'POST') return [201, await createService(config, await readForm(request))];
    throw notFound;
  }
  const service = await findService(config, serviceSid);
  if (group === undefined) {
    if (method === 'GET') return [200, presentService(service)];
    if (method === 'POST') return [200, await updateService(config, serviceSid, await readForm(request))];
  }
  if (group === 'Passkeys' && method === 'POST' && factors === undefined) {
    const body = () => readJson(request);
    if (name === 'Factors') return [201, await createFactor(service, await body())];
    if (name === 'VerifyFactor') return [200, await verifyFactor(service, await body())];
    if (name === 'Challenges') return [201, await createChallenge(service, await body())];
    if (name === 'ApproveChallenge') return [200, await approveChallenge(service, await body())];
  }
  if (group === 'Entities' && name && factors === undefined) {
    if (method === 'GET') return [200, await readEntity(service, name)];
    if (method === 'DELETE') return [204, await deleteEntity(service, name)];
  }
  if (group === 'Entities' && name && factors === 'Factors') {
    if (method === 'POST' && !sid)
      return [201, await createOtherFactor(service, name, await readForm(request))];
    if (method === 'GET' && !sid) return [200, await listFactors(service, name, searchParams)];
    if (method === 'GET' && sid) return [200, await readFactor(service, name, sid)];
    if (method === 'POST' && sid)
      return [200, await renameFactor(service, name, sid, await readForm(request))];
    if (method === 'DELETE' && sid) return [204, await deleteFactor(service, name, sid)];
  }
  throw notFound;
}

function authorize({ accountSid, authToken }: Config, request: Request): void {
  const expected = `Basic ${btoa(`${accountSid}:${authToken}`)}`;
  if (request.headers.get('authorization') !== expected) throw new Refusal(20003, 'Authenticate', 401);
}
