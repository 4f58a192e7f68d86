/** The ways in which a browser reaches an authenticator. https://www.w3.org/TR/webauthn-3/#enum-transport */

/** The transports that Verify accepts. */
export const transports = ['usb', 'nfc', 'ble', 'smart-card', 'internal', 'hybrid'] as const;

export type Transport = (typeof transports)[number];

export const isTransport = (name: string): name is Transport => transports.some((known) => known === name);
