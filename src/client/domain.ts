/** Where the page stands. */

/**
 * The page's own domain, undefined where it has none. `self.origin` is what the browser signs: a frame without an
 * address of its own (srcdoc, about:blank) has its parent's.
 */
export const domain = (): string | undefined => /^https?:\/\/([^/:]+)/.exec(self.origin)?.[1];
