/** Refuses pages and apps that are not allowed, and says which origin came. */
import type { Settings } from './config.ts';
import { Refusal } from './refusal.ts';

/** The origins of the pages and apps that may call and sign credentials. */
export function allowedOrigins({ url }: Request, { origins }: Settings): readonly string[] {
  return origins ?? [new URL(url).origin];
}

/** The text comes from outside, so it is quoted and shortened. */
const quote = (origin: string) => JSON.stringify(origin.slice(0, 200));

/** A call from a page or an app that is not allowed. Only the operator sees which origins are allowed. */
export function refusePage(request: Request, settings: Settings): Refusal {
  const origin = request.headers.get('origin');
  const came =
    origin === null
      ? 'No header says which page the call comes from (Origin, Sec-Fetch-Site or Referer), and no app is allowed'
      : `The call comes from the origin ${quote(origin)}, which is not allowed`;
  return refuseOrigin(came, request, settings);
}

/** A credential that the browser or the phone signed for another page or app. */
export function refuseSigned(origin: string, request: Request, settings: Settings): Refusal {
  return refuseOrigin(
    `The credential was signed on ${quote(origin)}, which is not allowed`,
    request,
    settings,
  );
}

/** A credential that was signed while the page was in a frame. */
export function refuseFrame(topOrigin: unknown, { topOrigins = [] }: Settings): Refusal {
  const where =
    typeof topOrigin === 'string' ? `the page of ${quote(topOrigin)}` : 'a page of another origin';
  return new Refusal('forbidden_origin', {
    message: `The credential was signed in a frame on ${where}, which is not allowed: add that page's origin to the relay's topOrigins if it should be allowed.`,
    note: `Allowed: ${topOrigins.join(', ') || 'none'}.`,
  });
}

function refuseOrigin(came: string, request: Request, settings: Settings): Refusal {
  const advice = settings.origins
    ? "add the origin of the page or app to the relay's origins if it should be allowed."
    : '`origins` is not set, so only the address that the server sees is allowed. Set `origins` to those of your pages.';
  return new Refusal('forbidden_origin', {
    message: `${came}: ${advice}`,
    note: `Allowed: ${allowedOrigins(request, settings).join(', ')}.`,
  });
}
