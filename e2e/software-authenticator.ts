/** The command's software authenticator on the page of the tests, and base64url as the tests write it. */
import {
  type Algorithm,
  type Wish as CommandWish,
  createSoftwareAuthenticator,
} from '#software-authenticator';

export { flag, writeCbor } from '#software-authenticator';

/** Values that the page and the authenticator put in place of the true ones. */
export type Wish = Partial<CommandWish>;

export const page = { origin: 'https://login.example.com', rpId: 'example.com' };

export type Authenticator = Awaited<ReturnType<typeof createAuthenticator>>;

export async function createAuthenticator(algorithm?: Algorithm) {
  const made = await createSoftwareAuthenticator(algorithm);
  return {
    ...made,
    register: (challenge: string, wish: Wish = {}) => made.register(challenge, { ...page, ...wish }),
    sign: (challenge: string, wish: Wish = {}) => made.sign(challenge, { ...page, ...wish }),
  };
}

export const join = (...parts: ArrayLike<number>[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => Array.from(part)));

export const encode = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

export const decode = (base64url: string): Uint8Array => Uint8Array.from(Buffer.from(base64url, 'base64url'));
