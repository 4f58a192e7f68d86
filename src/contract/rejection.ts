/** The errors with which Verify and the relay refuse a request. */
import * as v from 'valibot';
import { lenient, text } from './wire.ts';

/** An error on the wire. The code is a number in Twilio's errors and a word in the relay's own. */
export const ErrorAnswer = v.object({
  code: v.union([v.number(), text]),
  message: v.fallback(v.string(), 'no message was given'),
  status: lenient(v.number()),
  more_info: lenient(text),
});

/** Why Verify or the relay refused. */
export type Rejection = {
  /**
   * Twilio's number (https://www.twilio.com/docs/api/errors), or one of the relay's own codes, such as `not_allowed`.
   */
  code: number | string;
  /** What Verify or the relay said, for the developer. */
  message: string;
  /** The HTTP status. */
  status: number;
  /** The address of Twilio's page about the code. */
  moreInfo?: string;
};
