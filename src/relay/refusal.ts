/** What the relay throws in order to say no, and the form of all that it answers. */
import type { Issue } from '../contract/check/issue.ts';
import type { Word } from './codes.ts';

type Details = {
  message?: string;
  status?: number;
  moreInfo?: string | undefined;
  issues?: Issue[];
  headers?: HeadersInit;
  cause?: unknown;
};

/** A word of the relay's own, or one of Twilio's numbers with its message. */
export class Refusal extends Error {
  readonly code: Word | number;
  readonly details: Details;

  constructor(code: Word | number, details: Details = {}) {
    super(details.message ?? String(code), { cause: details.cause });
    this.code = code;
    this.details = details;
  }
}

/** A body that cannot be used: 400, under the number of its first issue. */
export function unfit(issues: Issue[]): Refusal {
  const { code, message } = issues[0]!;
  return new Refusal(code, { message, issues });
}
