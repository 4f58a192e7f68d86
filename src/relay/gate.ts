/** Lets in known routes, from allowed pages, with JSON of limited size. Refuses everything else. */

import { ceremonies } from '../contract/ceremony.ts';
import { sidOf } from '../contract/identifier.ts';
import { type Route, routes } from '../contract/route.ts';
import { readJson, refuseUnreadable } from './body.ts';
import type { Settings } from './config.ts';
import type { CookieJar } from './cookie.ts';
import { type Deadline, within } from './deadline.ts';
import { allowedOrigins, refusePage } from './forbidden.ts';
import { Refusal } from './refusal.ts';

/** An accepted request: its route, the passkey it names, and its JSON body, which is read once, when it is needed. */
export type RouteCall = { route: Route; sid: string; readBody(): Promise<unknown> };

const { register, authenticate } = ceremonies;

/** The largest body of a page: many times the size of a credential. */
const maxBodyBytes = 64 * 1024;

/** The most members and items in a page's body: many times those of a credential and its extensions. */
const maxValues = 500;

/** Returns the accepted request, whose body is not read yet. Refuses any other one. */
export async function admit(
  request: Request,
  settings: Settings,
  cookies: CookieJar,
  deadline: Deadline,
): Promise<RouteCall> {
  const { route, sid } = findRoute(request);
  demandPage(request, settings);
  if (request.method === 'POST') demandJson(request);
  // JSON.parse alone takes milliseconds for some bodies, so the body of a browser without a ceremony is not read.
  if (route === register.finish || route === authenticate.finish) await cookies.demandAny(request);
  return { route, sid, readBody: () => readPosted(request, deadline) };
}

/**
 * Only the last segments of the path count. They are compared without decoding, so nothing can be smuggled in.
 * One slash at the end is ignored, since Next.js adds it with `trailingSlash`.
 */
function findRoute({ url, method }: Request): { route: Route; sid: string } {
  const [before = '', last = ''] = new URL(url).pathname.replace(/\/$/, '').split('/').slice(-2);
  const isNamed = sidOf('YF').test(last);
  const path = isNamed ? `/${before}/{sid}` : `/${last}`;
  // The keys of the table are the routes.
  const found = (Object.keys(routes) as Route[]).filter((each) => routes[each].path === path);
  if (found.length === 0) throw new Refusal('not_found');
  const route = found.find((each) => routes[each].method === method);
  if (route) return { route, sid: isNamed ? last : '' };
  const allow = found.map((each) => routes[each].method).join(', ');
  throw new Refusal('method_not_allowed', { headers: { allow } });
}

/** Refuses a call that does not come from an allowed page or app. */
function demandPage(request: Request, settings: Settings): void {
  if (!isAllowed(request, settings)) throw refusePage(request, settings);
}

/**
 * Browsers send the page's origin with every POST and DELETE. On a GET to the page's own origin they leave it out and
 * send Sec-Fetch-Site, which no script can set. Safari before 16.4 sends neither: there the Referer counts.
 */
function isAllowed(request: Request, settings: Settings): boolean {
  const { headers, method } = request;
  const allowed = allowedOrigins(request, settings);
  const origin = headers.get('origin');
  if (origin !== null) return allowed.includes(origin);
  const site = headers.get('sec-fetch-site');
  if (site !== null) return method === 'GET' && site === 'same-origin';
  const referer = headers.get('referer') ?? '';
  if (method === 'GET' && URL.canParse(referer) && allowed.includes(new URL(referer).origin)) return true;
  // An app's call has none of these headers. A page cannot leave them out of a POST of JSON across origins.
  const isBrowser = ['sec-fetch-mode', 'sec-fetch-dest', 'referer'].some((name) => headers.has(name));
  return !isBrowser && allowed.some((each) => each.startsWith('android:'));
}

function demandJson({ headers }: Request): void {
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?$/i.test(type)) throw new Refusal('not_json');
}

async function readPosted(request: Request, { left }: Deadline): Promise<unknown> {
  // An app that took all the time is not the body's fault.
  if (left() <= 0) throw new Refusal('verify_timeout');
  // A body that takes longer than half of the time would leave Verify too little.
  const read = (signal: AbortSignal) => readJson(request, maxBodyBytes, signal, maxValues);
  const body = await within(left() / 2, read).catch((cause) => {
    throw refuseUnreadable(cause);
  });
  if (body === undefined) throw new Refusal('body_too_large');
  return body;
}

/** Lets a page on another listed origin read the answer. A page on the relay's own origin does not need it. */
export function addCorsHeaders(request: Request, { origins }: Settings, response: Response): Response {
  const origin = request.headers.get('origin');
  if (!origin || !origins?.includes(origin)) return response;
  response.headers.set('access-control-allow-origin', origin);
  response.headers.set('access-control-allow-credentials', 'true');
  response.headers.set('access-control-expose-headers', 'retry-after');
  response.headers.append('vary', 'origin');
  return response;
}

/** Answers a CORS preflight request. Returns undefined for any other request. */
export function answerPreflight(request: Request, settings: Settings): Response | undefined {
  if (request.method !== 'OPTIONS' || !request.headers.has('access-control-request-method')) return undefined;
  demandPage(request, settings);
  // A listed origin may send the headers that identify() reads. They never go on to Verify.
  const headers = request.headers.get('access-control-request-headers') ?? 'content-type';
  return new Response(null, {
    status: 204,
    headers: { 'access-control-allow-methods': 'GET, POST, DELETE', 'access-control-allow-headers': headers },
  });
}
