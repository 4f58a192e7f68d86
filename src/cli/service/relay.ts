/** Asks a running relay to begin a sign-in, as a page would, and checks its answer. */
import * as v from 'valibot';
import { readSid } from '../../contract/challenge.ts';
import { readOptions } from '../../contract/options.ts';
import { ErrorAnswer } from '../../contract/rejection.ts';
import type { PrintableIssue } from '../print.ts';
import { fetchJson, type JsonAnswer, NoAnswer } from './fetch-json.ts';
import { isUnder } from './issues.ts';

/** Returns the issues of the relay at this address for a page on this origin. */
export async function checkRelay(
  relay: string,
  page: string,
  id: string | undefined,
): Promise<PrintableIssue[]> {
  const url = `${relay.replace(/\/$/, '')}/Challenges`;
  const headers = { 'content-type': 'application/json', origin: page };
  const isCross = new URL(url).origin !== page;
  try {
    const answer = await fetchJson(url, { method: 'POST', headers, body: '{}' });
    const preflight = isCross
      ? await fetchJson(url, {
          method: 'OPTIONS',
          headers: {
            origin: page,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type',
          },
        })
      : undefined;
    return [
      ...judgeSite(url, page, id),
      ...(preflight ? judgeCors(preflight, answer, page) : []),
      ...judgeAnswer(answer, page, id),
    ];
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return [
      issue(
        'unreachable',
        `The relay at ${error.message}.`,
        'Start it, or correct the address after --relay.',
      ),
    ];
  }
}

const issue = (code: number | string, message: string, fix: string): PrintableIssue => ({
  path: 'relay',
  code,
  message,
  fix,
});

/** The browser sends the cookie that binds a ceremony to it only within one site. */
function judgeSite(url: string, page: string, id: string | undefined): PrintableIssue[] {
  const { protocol, origin } = new URL(url);
  if (protocol !== new URL(page).protocol) {
    const message = `The relay is on ${origin} and the page on ${page}: one is https and the other is not.`;
    return [issue('unreachable', message, 'Serve both over https.')];
  }
  if (!id || isUnder(id, page) === isUnder(id, origin)) return [];
  const message = `The relay on ${origin} and the page on ${page} are not on the same site, so the browser does not send the ceremony's cookie.`;
  return [
    issue('no_ceremony_cookie', message, `Serve the relay on the page's own domain or on one under ${id}.`),
  ];
}

/** The CORS headers that a browser needs before it sends JSON and cookies to another origin. */
function judgeCors(preflight: JsonAnswer, answer: JsonAnswer, page: string): PrintableIssue[] {
  const missing = [preflight, answer].flatMap(({ headers }) => [
    ...(headers.get('access-control-allow-origin') === page ? [] : [`access-control-allow-origin: ${page}`]),
    ...(headers.get('access-control-allow-credentials') === 'true'
      ? []
      : ['access-control-allow-credentials: true']),
  ]);
  const allowed = (preflight.headers.get('access-control-allow-headers') ?? '').toLowerCase();
  if (!/(^|[\s,])content-type($|[\s,])/.test(allowed))
    missing.push('access-control-allow-headers: content-type');
  if (preflight.status < 200 || preflight.status > 299)
    missing.push(`a preflight status of 204 instead of ${preflight.status}`);
  if (missing.length === 0) return [];
  return [
    issue(
      'unreachable',
      `The relay is not on the page's origin, and browsers refuse its answers because these are missing: ${[...new Set(missing)].join(', ')}.`,
      `List "${page}" in the relay's origins, and let nothing in front of it answer OPTIONS.`,
    ),
  ];
}

function judgeAnswer(
  { status, headers, body }: JsonAnswer,
  page: string,
  id: string | undefined,
): PrintableIssue[] {
  if (status < 200 || status > 299) return [judgeRefusal(status, body, page)];
  const options = readOptions('authenticate', body);
  if (!options.success) {
    const message = `The relay answered ${status} without valid options for navigator.credentials.get.`;
    return [issue('invalid_options', message, "Pass on Verify's answer to Challenges as it is, as JSON.")];
  }
  const { challenge, rpId } = options.output;
  return [
    ...(readSid('YC', challenge)
      ? []
      : [
          issue(
            60380,
            "The challenge in the relay's answer is not a Challenge SID (YC and 32 hex digits) in base64url.",
            "Pass on options.publicKey of Verify's answer as it is.",
          ),
        ]),
    ...(rpId !== undefined && id !== undefined && rpId !== id
      ? [
          issue(
            60382,
            `The relay's options are for the relying party "${rpId}" but the Service's is "${id}".`,
            'Give the relay the SID of the Service that was checked.',
          ),
        ]
      : []),
    ...judgeCookie(headers.getSetCookie(), page),
  ];
}

const fixes: Record<string, (page: string) => string> = {
  forbidden_origin: (page) => `List "${page}" in the relay's origins.`,
  misconfigured: () => "Check the account, its secret and serviceSid in the relay's settings.",
  verify_unreachable: () => 'Let the relay reach https://verify.twilio.com.',
  storage_unavailable: () => "Let the relay reach its storage: see the error in the relay's log.",
};

function judgeRefusal(status: number, body: unknown, page: string): PrintableIssue {
  const error = v.safeParse(ErrorAnswer, body);
  if (!error.success) {
    const message = `The relay answered ${status} without a code, so the address may not be the relay's.`;
    return issue('invalid_response', message, 'Give the address that createPasskeys has as its baseUrl.');
  }
  const { code, message } = error.output;
  const fix =
    fixes[code]?.(page) ??
    (typeof code === 'number'
      ? `See https://www.twilio.com/docs/api/errors/${code}.`
      : "See the relay's log.");
  return issue(code, `The relay answered ${status}: ${message}`, fix);
}

/** The relay refuses the second call of a ceremony without this cookie. */
function judgeCookie(cookies: string[], page: string): PrintableIssue[] {
  const own = cookies.find((cookie) => cookie.includes('passkeys-')) ?? cookies[0];
  if (own === undefined) {
    const message = 'The relay set no cookie to bind the ceremony to the browser that began it.';
    return [issue('no_ceremony_cookie', message, 'Let nothing in front of the relay drop Set-Cookie.')];
  }
  const [pair = '', ...attributes] = own.split(';').map((part) => part.trim());
  const has = (name: string) =>
    attributes.some((attribute) => attribute.toLowerCase() === name.toLowerCase());
  const isSecure = page.startsWith('https:');
  const missing = [
    ...['HttpOnly', 'Path=/', ...(isSecure ? ['Secure'] : [])].filter((name) => !has(name)),
    ...(has('SameSite=Strict') || has('SameSite=Lax') ? [] : ['SameSite=Strict']),
    ...(isSecure && !pair.startsWith('__Host-') ? ['a name that begins with __Host-'] : []),
  ];
  if (missing.length === 0) return [];
  return [
    issue(
      'no_ceremony_cookie',
      `The ceremony's cookie lacks ${missing.join(', ')}.`,
      "Set it as the relay does, and let nothing in front of it rewrite Set-Cookie. Behind a proxy that ends TLS, list the page's origin in the relay's origins.",
    ),
  ];
}
