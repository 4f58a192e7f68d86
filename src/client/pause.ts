/** The pause before the next try: as long as the server asks for, or longer each time while tries fail at once. */
import type { PasskeyError } from './error.ts';
import { sleep, sleepUntilShown } from './wait.ts';

/** Milliseconds. */
const minPause = 1000;
const maxPause = 60_000;

export function createPause() {
  let step = minPause;
  let end = 0;
  let isOrdered = false;
  return {
    /** Begins the pause after a try that began at this time of `performance.now()`. */
    begin(tryBegan: number, { retryAfter = 0 }: PasskeyError): void {
      const now = performance.now();
      const length = now - tryBegan < step ? step : minPause;
      step = Math.min(2 * length, maxPause);
      isOrdered = retryAfter > 0;
      end = now + Math.max(length, retryAfter * 1000);
    },
    /** Waits for the end of the pause. A page that is shown again need not wait, unless the server asks for it. */
    async wait(signal: AbortSignal | undefined): Promise<void> {
      const left = end - performance.now();
      if (left > 0) await (isOrdered ? sleep : sleepUntilShown)(left, signal);
      end = 0;
    },
  };
}
