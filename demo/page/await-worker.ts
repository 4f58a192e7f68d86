/** Waits for the service worker that plays the server. */
import type { Told } from './words.ts';

const missing: Told = {
  what: 'This browser gives the page no service worker.',
  next: 'Private windows and browsers inside apps often have none: open the page in an ordinary window.',
};

/** Resolves once the worker answers for this page, or to what is missing. */
export async function awaitWorker(): Promise<Told | undefined> {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!container) return missing;
  // The name of this script changes with each build, and so the worker of a new build takes over from the old one.
  const build = new URL(import.meta.url).pathname.split('/').pop();
  try {
    const registration = await container.register(`./sw.js?${build}`, { scope: './' });
    if (!(await isRunning(container, registration))) return missing;
  } catch {
    // Without a network a worker that is there already is as good.
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

/** Whether the worker could be installed: its storage may be full or forbidden. */
function isRunning(container: ServiceWorkerContainer, { installing }: ServiceWorkerRegistration) {
  const failed = new Promise<boolean>((resolve) =>
    installing?.addEventListener('statechange', () => installing.state === 'redundant' && resolve(false)),
  );
  return Promise.race([failed, container.ready.then(() => true)]);
}
