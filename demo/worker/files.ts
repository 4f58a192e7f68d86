/** Keeps the page's files in the worker's cache, so that the demo opens without a network. */
/// <reference lib="webworker" />

declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;
const name = `verify-passkeys demo ${scope}`;

type Manifest = Record<string, { file: string; css?: string[] }>;

/** Keeps every file that the build wrote, including those that load later. */
export async function keepFiles(): Promise<void> {
  const manifest: Manifest = await fetch(`${scope}files.json`).then((response) => response.json());
  const built = Object.values(manifest).flatMap(({ file, css = [] }) => [file, ...css]);
  const cache = await caches.open(name);
  await cache.addAll([scope, ...new Set(built)].map((file) => new URL(file, scope).href));
}

/** Answers from the network, so that a new build shows at once, or from the cache if there is no network. */
export async function answerFile(request: Request): Promise<Response> {
  const cache = await caches.open(name);
  try {
    const response = await fetch(request);
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    const kept = await cache.match(request, { ignoreSearch: true });
    if (kept) return kept;
    const page = request.mode === 'navigate' ? await cache.match(scope) : undefined;
    if (page) return page;
    throw error;
  }
}
