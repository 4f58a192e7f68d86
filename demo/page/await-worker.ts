/** Waits for the service worker that plays the server. */
import type { Notice } from './words.ts';

const missing: Notice = {
  what: 'This browser gives the page no service worker.',
  next: 'Private windows and browsers inside apps often have none: open the page in an ordinary window.',
};

/** Resolves with undefined once the worker controls this page, or with what is missing. */
export async function awaitWorker(): Promise<Notice | undefined> {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!container) return missing;
  // Each build gives this script a new name. In the worker's URL, it makes the browser install the new worker.
  const build = new URL(import.meta.url).pathname.split('/').pop();
  try {
    const registration = await container.register(`./sw.js?${build}`, { scope: './' });
    if (!(await isRunning(container, registration))) return missing;
  } catch {
    // Without a network this fails, but a worker from an earlier visit still controls the page.
    if (!container.controller) return missing;
  }
  if (container.controller) return undefined;
  const controlled = new Promise((resolve) =>
    container.addEventListener('controllerchange', resolve, { once: true }),
  );
  (await container.ready).active?.postMessage('claim');
  await controlled;
  return undefined;
}

/** Whether the worker could be installed. It cannot be if its storage is full or blocked. */
function isRunning(container: ServiceWorkerContainer, { installing }: ServiceWorkerRegistration) {
  const failed = new Promise<boolean>((resolve) =>
    installing?.addEventListener('statechange', () => installing.state === 'redundant' && resolve(false)),
  );
  return Promise.race([failed, container.ready.then(() => true)]);
}
