/** How long options may be used, and when it is too late to begin a ceremony with them. */
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';

type TimedOptions = { timeout?: number | undefined };

/** For how many milliseconds Verify accepts an answer to these options. */
export const lifetime = (ceremony: Ceremony, { timeout }: TimedOptions): number =>
  timeout ?? ceremonies[ceremony].lifetime;

/** When options should be renewed, in milliseconds since 1970: early enough to leave the user time to answer. */
export const dueOf = (ceremony: Ceremony, options: TimedOptions): number =>
  Date.now() + 0.8 * lifetime(ceremony, options);

/** The longest time of a timer, in milliseconds: a longer timer would fire at once. */
export const maxTimer = 2 ** 31 - 1;
