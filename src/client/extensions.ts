/** Converts the inputs of extensions from JSON. https://www.w3.org/TR/webauthn-3/#sctn-extensions */
import { base64URLStringToBuffer } from '@simplewebauthn/browser';

/** The members of `prf` and `largeBlob` that are bytes, which JSON writes as base64url. */
const isBytes = (name: string) => ['first', 'second', 'write'].includes(name);

/**
 * Turns extensions from JSON into the form that the browser takes. Members that are bytes already do not change. Throws
 * what `refuse` makes of the path of a member that cannot be converted, and of the reason.
 */
export function toInputs(
  extensions: object,
  refuse: (path: string, cause: unknown) => Error,
): AuthenticationExtensionsClientInputs {
  let place = '';

  const convert = (value: unknown, name: string, path: string): unknown => {
    place = path;
    if (typeof value === 'string' && isBytes(name)) return base64URLStringToBuffer(value);
    const isPlain = typeof value === 'object' && value && Object.getPrototypeOf(value) === Object.prototype;
    if (!isPlain) return value;
    const members = Object.entries(value).map(([key, member]) => [
      key,
      convert(member, key, `${path}.${key}`),
    ]);
    return Object.fromEntries(members);
  };

  try {
    // The browser judges the rest.
    return convert(extensions, '', 'extensions') as AuthenticationExtensionsClientInputs;
  } catch (cause) {
    throw refuse(place, cause);
  }
}
