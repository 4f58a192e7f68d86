/** Gives Chromium and Firefox the silent passkeys that they do not make in a test. */
import type { Page } from '@playwright/test';

/** Sets whether the browser says that it makes passkeys without a prompt. */
export const declareUpgrade = (page: Page, conditionalCreate: boolean) =>
  page.evaluate((canCreate) => {
    Object.assign(PublicKeyCredential, {
      getClientCapabilities: async () => ({ conditionalCreate: canCreate }),
    });
  }, conditionalCreate);

/**
 * Makes the browser create a passkey without a prompt. Headless Chromium never answers a conditional create, so the
 * plain ceremony makes the passkey, and then the flags that a silent one lacks are cleared in its bytes. No signature
 * covers them, since the attestation is "none".
 */
export async function makeInSilence(page: Page): Promise<void> {
  await declareUpgrade(page, true);
  await page.evaluate(() => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = async (options) => {
      const { publicKey, mediation } = options as CredentialCreationOptions & { mediation?: string };
      const { userVerification } = publicKey!.authenticatorSelection!;
      // Browsers refuse a conditional create that requires user verification.
      if (userVerification === 'required')
        throw new DOMException('a silent passkey verifies no user', 'ConstraintError');
      const made = (await create({ publicKey: publicKey! })) as PublicKeyCredential;
      if (mediation !== 'conditional') return made;
      const response = made.response as AuthenticatorAttestationResponse;
      const bytes = new Uint8Array(response.attestationObject.slice(0));
      // authData is the last member: its name, the head of a byte string, a hash of 32 bytes, and then the flags.
      const text = new TextEncoder().encode('authData');
      const at = bytes.findIndex((_, i) => text.every((byte, j) => bytes[i + j] === byte)) + text.length;
      const flags = at + (bytes[at] === 0x58 ? 2 : 3) + 32;
      // User present (1) and user verified (4).
      bytes[flags]! &= ~5;
      const { clientDataJSON } = response;
      return {
        id: made.id,
        rawId: made.rawId,
        type: made.type,
        authenticatorAttachment: made.authenticatorAttachment,
        getClientExtensionResults: () => ({}),
        response: {
          clientDataJSON,
          attestationObject: bytes.buffer,
          getTransports: () => response.getTransports(),
        },
      } as never;
    };
  });
}
