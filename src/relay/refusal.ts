/** How the relay says no: its own words and Twilio's numbers, with their HTTP status. */
import type { Issue } from '../contract/mistake.ts';

/** The relay's own codes. */
const words = {
  not_signed_in: [401, 'Nobody is signed in: sign in first, then try again.'],
  forbidden_origin: [403, "The page's origin is not among the relay's origins."],
  unknown_credential: [403, 'This passkey belongs to nobody known here.'],
  not_found: [404, 'There is no such passkey or route.'],
  method_not_allowed: [405, 'This route does not take that method.'],
  ceremony_mismatch: [
    409,
    'This browser did not begin the ceremony that the credential finishes: begin anew.',
  ],
  ceremony_expired: [410, 'The ceremony has expired: begin anew.'],
  body_too_large: [413, 'The body is larger than 64 KiB.'],
  not_json: [415, 'The body must be application/json in UTF-8.'],
  misconfigured: [
    502,
    'Verify refused the relay itself: check the account, its secret and serviceSid on the server.',
  ],
  verify_unreachable: [502, 'Verify could not be reached: try again in a moment.'],
  verify_invalid_answer: [502, 'Verify answered something that cannot be believed: begin anew.'],
  storage_unavailable: [503, 'The storage of passkeys could not be reached: try again in a moment.'],
  verify_timeout: [504, 'Verify took too long to answer: try again in a moment.'],
} as const satisfies Record<string, [status: number, message: string]>;

export type Word = keyof typeof words;

type Details = {
  message?: string;
  status?: number;
  moreInfo?: string | undefined;
  issues?: Issue[];
  headers?: HeadersInit;
  cause?: unknown;
};

export class Refusal extends Error {
  readonly code: Word | number;
  readonly details: Details;

  constructor(code: Word | number, details: Details = {}) {
    super(details.message ?? (typeof code === 'string' ? words[code][1] : ''), { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  toResponse(): Response {
    const { moreInfo, issues, headers } = this.details;
    const status = typeof this.code === 'string' ? words[this.code][0] : (this.details.status ?? 400);
    return reply(
      status,
      { code: this.code, message: this.message, status, more_info: moreInfo, issues },
      headers,
    );
  }
}

/** An answer of named fields; `undefined` ones are left out by JSON. */
export function reply(status: number, body: object, headers?: HeadersInit): Response {
  const all = new Headers(headers);
  all.set('content-type', 'application/json');
  all.set('cache-control', 'no-store');
  return new Response(JSON.stringify(body), { status, headers: all });
}
