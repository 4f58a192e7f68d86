/** The answers that refuse a call. Each has the body `Error`, and a name in the document. */

type RefusalAnswer = { description: string; headers?: Record<string, object> };

const retryAfter = {
  'Retry-After': { description: 'When to try again, in seconds.', schema: { type: 'integer', minimum: 0 } },
};

/** The answers by name. */
const refused = {
  Malformed: { description: "The credential or name is not valid: `code` is Twilio's number." },
  NotSignedIn: { description: 'Nobody is signed in. The page rejects with `not_signed_in`.' },
  NotAllowed: {
    description:
      'The page is not on the list, the passkey is of nobody here, or the app does not allow this.',
  },
  NotFound: { description: 'The user has no such passkey.' },
  Mismatch: { description: 'Another browser, or none, began the ceremony that the credential finishes.' },
  Expired: { description: 'The ceremony took too long: begin again.' },
  TooLarge: { description: 'The body is larger than 64 KiB.' },
  NotJson: { description: 'The body is not `application/json` in UTF-8.' },
  TooMany: { description: 'Too many requests. The page rejects with `rate_limited`.', headers: retryAfter },
  VerifyFailed: {
    description: 'Verify could not be reached, refused the account, or gave an answer that does not fit.',
  },
  StoreFailed: { description: 'What the server keeps could not be read or written.' },
  VerifyLate: { description: 'Verify took too long.' },
} satisfies Record<string, RefusalAnswer>;

export type RefusedName = keyof typeof refused;

const statuses: Record<RefusedName, number> = {
  Malformed: 400,
  NotSignedIn: 401,
  NotAllowed: 403,
  NotFound: 404,
  Mismatch: 409,
  Expired: 410,
  TooLarge: 413,
  NotJson: 415,
  TooMany: 429,
  VerifyFailed: 502,
  StoreFailed: 503,
  VerifyLate: 504,
};

const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } };

/** Every refusing answer, as the document's components have it. */
export const refusedAnswers = Object.fromEntries(
  Object.entries(refused).map(([name, answer]) => [name, { ...answer, content }]),
);

/** What an operation refuses with, by HTTP status. `default` stands for what a proxy in between answers. */
export const describeRefused = (names: readonly RefusedName[]) => ({
  ...Object.fromEntries(names.map((name) => [statuses[name], { $ref: `#/components/responses/${name}` }])),
  default: { description: 'Any other refusal.', content },
});
