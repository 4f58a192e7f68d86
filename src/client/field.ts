/** Tells the developer once that the page has no field for autofill. Bundlers leave this out of production builds. */

const field = '[autocomplete~="webauthn" i]';
let isReminded = false;
declare const process: { env: { NODE_ENV?: string } };

export function remindOfField(): void {
  try {
    if (process.env.NODE_ENV !== 'production' && !isReminded && !document.querySelector(field)) {
      isReminded = true;
      console.info(
        'verify-passkeys: autofill() waits for a field, and this page has none yet: add <input autocomplete="username webauthn">.',
      );
    }
  } catch {
    // Without a bundler there is no `process`, so nothing says whether this is development.
  }
}
