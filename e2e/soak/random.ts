/** Random numbers from a seed, so that a storm can be repeated. */

export type Random = {
  /** A number from 0 up to but not including 1. */
  next(): number;
  /** True with this probability, from 0 to 1. */
  happens(often: number): boolean;
  pick<T>(from: readonly T[]): T;
};

/** https://github.com/cprosche/mulberry32 */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    next,
    happens: (often) => next() < often,
    pick: (from) => {
      if (from.length === 0) throw new Error('pick: expected at least one, got none');
      return from[Math.floor(next() * from.length)] as (typeof from)[number];
    },
  };
}
