/** The demo without a server: a service worker that answers in its place and keeps the page's files for offline use. */
/// <reference lib="webworker" />
import { answerFile, keepFiles } from './files.ts';
import { answerPasskeys, answerSession } from './stand-in.ts';

declare const self: ServiceWorkerGlobalScope;

const { scope } = self.registration;

self.addEventListener('install', (event) => {
  void self.skipWaiting();
  event.waitUntil(keepFiles());
});
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
// A page that was reloaded by force has no worker until it asks for it.
self.addEventListener('message', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('fetch', (event) => {
  const { url } = event.request;
  if (!url.startsWith(scope)) return;
  const [route = '', ...rest] = url.slice(scope.length).split(/[?#]/)[0]!.split('/');
  if (route === 'session') event.respondWith(answerSession(event.request));
  else if (route === 'passkeys') event.respondWith(answerPasskeys(event.request, rest));
  else if (event.request.method === 'GET') event.respondWith(answerFile(event.request));
});
