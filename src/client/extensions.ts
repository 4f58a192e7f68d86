/** Converts the inputs of extensions from JSON. https://www.w3.org/TR/webauthn-3/#sctn-extensions */
import { base64URLStringToBuffer } from '@simplewebauthn/browser';
import { PasskeyError } from './error.ts';

/** The members of `prf` and `largeBlob` that are bytes, which JSON writes as base64url. */
const isBytes = (name: string) => ['first', 'second', 'write'].includes(name);

/** Turns extensions from JSON into the form that the browser takes. Members that are bytes already do not change. */
export function toInputs(extensions: object): AuthenticationExtensionsClientInputs {
  try {
    // The browser judges the rest.
    return convert(extensions) as AuthenticationExtensionsClientInputs;
  } catch (cause) {
    const message =
      'The extensions of the options cannot be used; expected base64url for the bytes of prf and largeBlob.';
    throw new PasskeyError('invalid_options', message, { cause });
  }
}

function convert(value: unknown): unknown {
  const isPlain = typeof value === 'object' && value && Object.getPrototypeOf(value) === Object.prototype;
  if (!isPlain) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    isBytes(name) && typeof member === 'string' ? base64URLStringToBuffer(member) : convert(member),
  ]);
  return Object.fromEntries(members);
}
