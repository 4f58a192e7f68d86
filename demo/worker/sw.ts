/** The demo without a server: a service worker that answers instead and keeps the page's files for offline use. */
/// <reference lib="webworker" />
import { answerFile, keepFiles } from './files.ts';
import { answerPasskeys, answerSession } from './relay.ts';

declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;

self.addEventListener('install', (event) => {
  void self.skipWaiting();
  event.waitUntil(keepFiles());
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
// After a forced reload, no worker controls the page until the page asks for it.
self.addEventListener('message', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { url } = event.request;
  if (!url.startsWith(scope)) return;
  const [route = '', ...rest] = url.slice(scope.length).split(/[?#]/)[0]!.split('/');
  if (route === 'session') event.respondWith(answerSession(event.request));
  else if (route === 'passkeys') event.respondWith(answerPasskeys(event.request, rest));
  else if (event.request.method === 'GET') event.respondWith(answerFile(event.request));
});
