/** What the relay throws in order to say no. */
import type { Issue } from '../contract/check/issue.ts';
import type { RelayCode } from './codes.ts';

type Details = {
  /** What the page is told, in place of the code's general sentence. */
  message?: string;
  /** What only `onRefused` is told beside it. */
  note?: string;
  /** The HTTP status of one of Twilio's numbers. */
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

/** A body that cannot be used: 400, under the number of its first issue. */
export function unfit(issues: Issue[], cause?: unknown): Refusal {
  const { code, message } = issues[0]!;
  return new Refusal(code, { message, issues, cause });
}
