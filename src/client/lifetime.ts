/** How long options may be used, and when it is too late to begin a ceremony with them. */
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';

type Timed = { timeout?: number | undefined };

/** Milliseconds for which Verify takes an answer to options. */
export const lifetime = (ceremony: Ceremony, { timeout }: Timed): number =>
  timeout ?? ceremonies[ceremony].lifetime;

/** When options should be fetched anew, in milliseconds since 1970: early enough that a user may still take their time. */
export const dueOf = (ceremony: Ceremony, options: Timed): number =>
  Date.now() + 0.8 * lifetime(ceremony, options);

/** Gives options once, and only while enough of their time is left for a user to answer. */
export function prepared<T extends Timed>(options: T, ceremony: Ceremony): () => T | undefined {
  const due = dueOf(ceremony, options);
  let left: T | undefined = options;
  return () => {
    const given = Date.now() < due ? left : undefined;
    left = undefined;
    return given;
  };
}

/** Milliseconds, 2^31 - 1: a longer timer would fire at once. */
export const longestTimer = 2 ** 31 - 1;
