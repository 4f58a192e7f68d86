/** Says what this browser or address lacks for the demo, before anybody presses a button. */
/// <reference types="vite/client" />
import { capabilities } from 'verify-passkeys';
import { awaitWorker } from './await-worker.ts';
import type { Notice } from './words.ts';

/** Resolves with undefined if nothing is missing. On a static host it waits for the worker that plays the server. */
export async function findMissing(): Promise<Notice | undefined> {
  if (!isSecureContext) {
    return {
      what: 'This page needs https or localhost.',
      next: 'Browsers allow passkeys only there: open the page again with such an address.',
    };
  }
  if (!(await capabilities()).passkeys) {
    return {
      what: 'This browser has no passkeys.',
      next: 'Browsers inside apps often have none: open the page in Chrome, Edge, Firefox or Safari itself.',
    };
  }
  // The id of a relying party is a domain, never an IP address.
  if (/^[\d.]+$|^\[/.test(location.hostname)) {
    return {
      what: 'Passkeys need a domain, and this address is a number.',
      next: `Open http://localhost${location.port && `:${location.port}`}${location.pathname} instead.`,
    };
  }
  return import.meta.env.MODE === 'static' ? awaitWorker() : undefined;
}
