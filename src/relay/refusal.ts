/** The error that the relay throws to refuse a call. */
import type { Issue } from '../contract/check/issue.ts';
import type { RelayCode } from './codes.ts';

type Details = {
  /** The page's message, instead of the code's general one. */
  message?: string;
  /** Added to the message for `onRefused` only. */
  note?: string;
  /** The HTTP status, if the code is Twilio's number. */
  status?: number;
  moreInfo?: string | undefined;
  issues?: Issue[];
  headers?: HeadersInit;
  cause?: unknown;
};

/** One of the relay's own codes, or one of Twilio's numbers with its message. */
export class Refusal extends Error {
  readonly code: RelayCode | number;
  readonly details: Details;

  constructor(code: RelayCode | number, details: Details = {}) {
    super(details.message ?? String(code), 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.details = details;
  }
}

/** Refuses a bad body with 400 and the number of its first issue. */
export function unfit(issues: Issue[], cause?: unknown): Refusal {
  const { code, message } = issues[0]!; // A bad body has at least one issue.
  return new Refusal(code, { message, issues, cause });
}
