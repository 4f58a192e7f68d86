/** Finds the browsers that the tests run in. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/**
 * Finds the Chromium that the tests run in: the one in CHROMIUM_PATH, else Debian's headless shell, which is the same
 * engine without Chrome's window and opens a page with a quarter of the work, else Chrome.
 */
export function findChromium(): string | undefined {
  return process.env.CHROMIUM_PATH || onPath(['chromium-headless-shell']) || findChrome();
}

export const noChrome =
  'No Chrome here, and the headless shell does not keep pages that the user left: install Chrome or Chromium, and run the tests again.';

/** Finds a whole browser: the one in CHROMIUM_PATH, else an installed Chrome or Chromium, else Playwright's own. */
export function findChrome(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named && !/headless.shell$/.test(named)) return named;
  const installed = onPath(['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser']);
  if (installed) return installed;
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : undefined;
}

export const noFirefox =
  'No Firefox here: install firefox-esr, or name a stock Firefox in FIREFOX_PATH, and run the tests again.';

/** Finds a stock Firefox in FIREFOX_PATH or on PATH. Playwright's own Firefox has no virtual authenticator. */
export function findFirefox(): string | undefined {
  return process.env.FIREFOX_PATH || onPath(['firefox-esr', 'firefox']);
}

export const noWebKit =
  "No WebKit here: WebKitWebDriver and Xvfb, Debian's webkit2gtk-driver and xvfb, are not on PATH and could not be installed.";

/** Finds WebKit's driver and the display server that it needs. */
export function findWebKit(): { driver: string; xvfb: string } | undefined {
  const [driver, xvfb] = [onPath(['WebKitWebDriver']), onPath(['Xvfb'])];
  return driver && xvfb ? { driver, xvfb } : undefined;
}

/** The path of the first of these programs that is installed. */
export function onPath(names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
