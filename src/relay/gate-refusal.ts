/** Explains why a call or a credential was not let in. Loaded with the first such call. */

import { NoBody, TooMany } from './body.ts';
import type { Settings } from './config.ts';
import { Late } from './deadline.ts';
import { allowedOrigins } from './gate.ts';
import { Refusal, unfit } from './refusal.ts';

/** The text comes from outside, so it is quoted and shortened. */
const quote = (origin: string) => JSON.stringify(origin.slice(0, 200));

/** A call from a page or an app that is not allowed. Only the operator sees which origins are allowed. */
export function forbidPage(request: Request, settings: Settings): Refusal {
  const origin = request.headers.get('origin');
  const came =
    origin === null
      ? 'No header says which page the call comes from (Origin, Sec-Fetch-Site or Referer), and no app is allowed'
      : `The call comes from the origin ${quote(origin)}, which is not allowed`;
  return forbid(came, request, settings);
}

/** A credential that the browser or the phone signed for another page or app. */
export function forbidSigned(origin: string, request: Request, settings: Settings): Refusal {
  return forbid(`The credential was signed on ${quote(origin)}, which is not allowed`, request, settings);
}

/** A credential that was signed while the page was in a frame. */
export function forbidFrame(topOrigin: unknown, { topOrigins = [] }: Settings): Refusal {
  const where =
    typeof topOrigin === 'string' ? `the page of ${quote(topOrigin)}` : 'a page of another origin';
  return new Refusal('forbidden_origin', {
    message: `The credential was signed in a frame on ${where}, which is not allowed: add that page's origin to the relay's topOrigins if it should be allowed.`,
    note: `Allowed: ${topOrigins.join(', ') || 'none'}.`,
  });
}

function forbid(came: string, request: Request, settings: Settings): Refusal {
  const advice = settings.origins
    ? "add the origin of the page or app to the relay's origins if it should be allowed."
    : "the relay's origins are not set, so only the address that the server sees is allowed. Set origins to those of your pages.";
  return new Refusal('forbidden_origin', {
    message: `${came}: ${advice}`,
    note: `Allowed: ${allowedOrigins(request, settings).join(', ')}.`,
  });
}

/** A body that cannot be read as JSON. */
export function refuseBody(cause: unknown): Refusal {
  const [message, fix] =
    cause instanceof NoBody
      ? [
          'The body is empty, or something in front of the relay, such as a body parser, has read it.',
          'Mount the relay in front of the body parser, or give it new Request(url, { method, headers, body: JSON.stringify(parsed) }).',
        ]
      : cause instanceof Late
        ? ['The body did not arrive whole and in time.', 'Send what JSON.stringify makes, whole.']
        : cause instanceof TooMany
          ? [
              'The body has more than 500 members and items; a credential has about twenty.',
              'Send the credential that the browser gave, and nothing else.',
            ]
          : [
              'The body is not JSON in UTF-8, or did not arrive whole.',
              'Send what JSON.stringify makes, whole.',
            ];
  // The error of JSON.parse quotes the body, which may hold a credential.
  const isQuote = cause instanceof SyntaxError;
  return unfit([{ path: '', code: 60306, message, fix }], isQuote ? undefined : cause);
}
