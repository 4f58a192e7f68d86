/** The ways in which a browser reaches an authenticator. https://www.w3.org/TR/webauthn-3/#enum-transport */

/** How a browser reaches an authenticator: `internal` is built into the device, `hybrid` is a phone nearby. */
export type Transport = 'usb' | 'nfc' | 'ble' | 'smart-card' | 'internal' | 'hybrid';

/** The transports that Verify accepts. */
export const transports = [
  'usb',
  'nfc',
  'ble',
  'smart-card',
  'internal',
  'hybrid',
] as const satisfies Transport[];

export const isTransport = (name: string): name is Transport => transports.some((known) => known === name);
