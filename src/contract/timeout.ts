/** The timeouts of page and relay: whole milliseconds, no longer than a timer can wait. */

export const isTimeout = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31;

export const expectedTimeout = 'milliseconds from 1 to 2147483647';
