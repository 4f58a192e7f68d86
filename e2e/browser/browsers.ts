/** Finds the browsers that the tests run in. */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from '@playwright/test';

/** An explicit path, else an installed Chrome or Chromium, else Playwright's own; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env.CHROMIUM_PATH;
  if (named) return named;
  const installed = onPath(['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser']);
  if (installed) return installed;
  const own = chromium.executablePath();
  return own && existsSync(own) ? own : undefined;
}

export const noFirefox =
  'No Firefox here: install firefox-esr, or name a stock Firefox in FIREFOX_PATH, and run the tests again.';

/** An explicit path, else an installed stock Firefox: Playwright's own has no virtual authenticator. */
export function findFirefox(): string | undefined {
  return process.env.FIREFOX_PATH || onPath(['firefox-esr', 'firefox']);
}

export const noWebKit =
  "No WebKit here: WebKitWebDriver and Xvfb, Debian's webkit2gtk-driver and xvfb, are not on PATH and could not be installed.";

/** WebKit's driver, and the display that it needs where nobody looks. */
export function findWebKit(): { driver: string; xvfb: string } | undefined {
  const [driver, xvfb] = [onPath(['WebKitWebDriver']), onPath(['Xvfb'])];
  return driver && xvfb ? { driver, xvfb } : undefined;
}

/** The first of these programs that PATH holds. */
export function onPath(names: string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
}
