/** Twilio's way of saying no, and the relay's. */
import * as v from 'valibot';
import { optional, text } from './wire.ts';

/** How an error looks on the wire: Twilio's with a number, the relay's own with a word. */
export const ErrorAnswer = v.object({
  code: v.union([v.number(), text]),
  message: v.string(),
  status: optional(v.number()),
  more_info: optional(text),
});

/**
 * Why Verify or the relay said no.
 * `code` is Twilio's number (https://www.twilio.com/docs/api/errors) or one of the relay's own words,
 * `status` the HTTP status, `moreInfo` the page of the code.
 */
export type Rejection = { code: number | string; message: string; status: number; moreInfo?: string };
