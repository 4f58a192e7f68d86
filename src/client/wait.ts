/** What autofill waits for: a time, an event, or the page being seen. Each wait rejects when its signal aborts. */
import { follow, race } from './abort.ts';
import { maxTimer } from './lifetime.ts';

/** How often the clock is read, in milliseconds. */
const clockInterval = 15_000;

/**
 * Waits until this time, in milliseconds since 1970. Reads the clock often, since timers stop while the device sleeps.
 * A page that comes back from the back/forward cache has lost its pending get, so its options are due at once.
 * https://developer.mozilla.org/docs/Web/API/Window/pageshow_event
 */
export async function waitUntilDue(due: number, signal: AbortSignal): Promise<void> {
  // Only pageshow calls it with an event.
  const isBack = (event?: Event) => (event as PageTransitionEvent | undefined)?.persisted === true;
  await waitForFirst(signal, (until) => [
    (async () => {
      while (Date.now() < due) await sleep(Math.min(due - Date.now(), clockInterval), until);
    })(),
    waitForEvent(globalThis, 'pageshow', isBack, until),
  ]);
}

/** Waits for this time, or until the page is shown again. */
export async function sleepUntilShown(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  const isShown = (event?: Event) => event !== undefined && isVisible();
  await waitForFirst(signal, (until) => [
    sleep(milliseconds, until),
    waitForEvent(document, 'visibilitychange', isShown, until),
  ]);
}

export const waitUntilVisible = (signal: AbortSignal | undefined): Promise<void> =>
  waitForEvent(document, 'visibilitychange', isVisible, signal);

const isVisible = () => document.visibilityState === 'visible';

export async function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, maxTimer));
  });
  await race(over, signal).finally(() => clearTimeout(timer));
}

/** Ends the other waits with the first. */
async function waitForFirst(
  signal: AbortSignal | undefined,
  start: (until: AbortSignal) => Promise<void>[],
): Promise<void> {
  const { controller, leave } = follow(signal);
  await Promise.race(start(controller.signal)).finally(() => {
    leave();
    controller.abort();
  });
}

/** Waits until `holds` returns true. It is called now, and at each event. */
async function waitForEvent(
  target: EventTarget,
  name: string,
  holds: (event?: Event) => boolean,
  signal: AbortSignal | undefined,
): Promise<void> {
  const listening = new AbortController();
  const happened = new Promise<void>((resolve) => {
    const test = (event?: Event) => holds(event) && resolve();
    target.addEventListener(name, test, listening);
    test();
  });
  await race(happened, signal).finally(() => listening.abort());
}
