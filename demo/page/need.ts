/** Says what this browser or address lacks for the demo, before anybody presses a button. */
/// <reference types="vite/client" />
import { capabilities } from 'verify-passkeys';
import { awaitWorker } from './await-worker.ts';
import type { Told } from './words.ts';

/** Undefined where all is there. Waits for the worker where one plays the server. */
export async function findMissing(): Promise<Told | undefined> {
  if (!isSecureContext) {
    return {
      what: 'This page needs https or localhost.',
      next: 'Browsers keep passkeys to encrypted pages: open it there.',
    };
  }
  if (!(await capabilities()).passkeys) {
    return {
      what: 'This browser has no passkeys.',
      next: 'Browsers inside apps often have none: open the page in Chrome, Edge, Firefox or Safari itself.',
    };
  }
  // A relying party has a domain, and a number is none.
  if (/^[\d.]+$|^\[/.test(location.hostname)) {
    return {
      what: 'Passkeys need a domain, and this address is a number.',
      next: `Open http://localhost${location.port && `:${location.port}`}${location.pathname} instead.`,
    };
  }
  return import.meta.env.MODE === 'static' ? awaitWorker() : undefined;
}
