/**
 * The page's own domain; undefined if it has none. `self.origin` is the origin that the browser signs: a frame without
 * its own address (srcdoc, about:blank) has its parent's.
 */
export const domain = (): string | undefined => /^https?:\/\/([^/:]+)/.exec(self.origin)?.[1];
