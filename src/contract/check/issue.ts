/** An issue, as the checks report it. */

/** One thing that is wrong with a body. No text in it repeats the bytes of a credential. */
export type Issue = {
  /** Where it is: names joined by dots, such as `response.clientDataJSON`, or `''` for the body as a whole. */
  path: string;
  /** Twilio's number for it, such as 60380: https://www.twilio.com/docs/api/errors */
  code: number;
  /** One sentence in English that says what came and what was expected. */
  message: string;
  /** One sentence in English that says what to do about it. */
  fix: string;
};
