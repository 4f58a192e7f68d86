/** Finds an attachment that the page made up, as `authenticatorAttachment || 'platform'` does. */
import { isObject } from '../json.ts';

/** How a security key is reached. No authenticator that is built into the device is reached in one of these ways alone. */
const ofKeys = ['ble', 'nfc', 'smart-card', 'usb'];

/** Whether a credential says that its authenticator is built into the device, and lists only transports of security keys. */
export function isMadeUpAttachment({
  authenticatorAttachment,
  response,
}: {
  [name: string]: unknown;
}): boolean {
  const transports = isObject(response) && response.transports;
  return (
    authenticatorAttachment === 'platform' &&
    Array.isArray(transports) &&
    transports.length > 0 &&
    // Each is listed once, and a longer list is not read.
    transports.length <= ofKeys.length &&
    transports.every((transport) => ofKeys.includes(transport))
  );
}
