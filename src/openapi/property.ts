/** What each member on the wire means and which form it has. The document takes both from here. */

type Property = {
  description: string;
  format?: string;
  type?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  contentEncoding?: string;
};

const base64url = 'base64url without padding';
const seconds = '2026-11-26T12:00:00Z';

/**
 * The members by name. A member whose name means different things stands under `parent.name`: the parent is the member
 * or, at the top, the schema that holds it.
 */
const properties: Record<string, Property> = {
  // Factors
  sid: { description: "Twilio's id of the passkey: `YF` and 32 hexadecimal digits." },
  status: {
    description: '`verified` once the registration is finished. Only a verified passkey can sign in.',
  },
  identity: {
    description: "Your app's id of the user, as Verify knows it. Absent if the answer names nobody.",
  },
  entity_sid: { description: "Twilio's id of the user: `YE` and 32 hexadecimal digits." },
  friendly_name: {
    description:
      'The name of the passkey, for the user: 1 to 64 UTF-16 code units. It is kept at Twilio, so it should hold no personal data.',
  },
  date_created: { description: `When it was made, such as ${seconds}.`, format: 'date-time' },
  credential_id: {
    description: `The id by which the browser knows the passkey, ${base64url}, if the server keeps it. With it, the page can tell the browser what has been removed or renamed.`,
    pattern: '^[A-Za-z0-9_-]+$',
  },
  rp_id: { description: 'The relying party id for which the passkey was made.', format: 'hostname' },
  aaguid: {
    description:
      'The model of authenticator or password manager that made the passkey. Zeros: it does not say.',
    format: 'uuid',
  },
  last_used: { description: `When it last signed somebody in, such as ${seconds}.`, format: 'date-time' },
  factors: { description: 'The verified passkeys of the user, in any order.' },
  complete: {
    description:
      'true only if no verified passkey of the user is missing. The page then tells the browser that there are no others, and the browser drops the rest for good. A list of Verify may lag behind: answer true only if the newest registration of the user was sent to Verify more than ten minutes before the list was read. Absent, or any other value: not sure.',
  },
  user_name: { description: "The name by which the user signs in, for the browser's list of accounts." },
  display_name: { description: "The user's name as people write it, for the browser's list of accounts." },

  // Challenges
  'BegunChallenge.sid': { description: "Twilio's id of this sign-in: `YC` and 32 hexadecimal digits." },
  'BegunChallenge.status': { description: '`pending` until the sign-in is finished.' },
  'Challenge.sid': { description: "Twilio's id of this sign-in: `YC` and 32 hexadecimal digits." },
  'Challenge.status': { description: 'The page takes only `approved` as a sign-in.' },
  factor_sid: { description: 'The passkey that signed: `YF` and 32 hexadecimal digits.' },

  // Options of navigator.credentials
  options: { description: 'What the page passes to navigator.credentials.' },
  publicKey: { description: 'The options, with their bytes as base64url.' },
  rp: { description: 'The relying party: the site for which the passkey is.' },
  'rp.id': {
    description: "The page's domain or a parent of it. Absent: the page's domain.",
    format: 'hostname',
  },
  'rp.name': { description: 'The name of the site, for the prompt.' },
  user: { description: 'The account, as browsers and authenticators list it.' },
  'user.id': {
    description: `The handle that the authenticator keeps, ${base64url}: the Entity SID at Verify.`,
    contentEncoding: 'base64url',
  },
  'user.name': { description: 'The name by which the user signs in.' },
  'user.displayName': { description: "The user's name as people write it. May be empty." },
  challenge: {
    description: `What the authenticator signs, ${base64url}: at Verify, the SID of the Factor or Challenge.`,
    contentEncoding: 'base64url',
  },
  pubKeyCredParams: { description: 'The algorithms that the server takes, the best first.' },
  'pubKeyCredParams.type': { description: 'Always `public-key`.' },
  alg: { description: 'A number of the COSE registry: -7 is ES256, -257 is RS256.', type: 'integer' },
  timeout: {
    description: 'How long the prompt may stay open, in milliseconds.',
    type: 'integer',
    minimum: 1,
  },
  excludeCredentials: {
    description: 'The passkeys that the user has: their authenticators make no second one.',
  },
  allowCredentials: {
    description: 'The passkeys that may sign in. Absent or empty: any passkey of the site.',
  },
  'excludeCredentials.id': {
    description: `The id of the passkey, ${base64url}.`,
    contentEncoding: 'base64url',
  },
  'allowCredentials.id': {
    description: `The id of the passkey, ${base64url}.`,
    contentEncoding: 'base64url',
  },
  type: { description: 'Always `public-key`.' },
  transports: {
    description: 'How the browser may reach the authenticator, such as `internal`, `hybrid` or `usb`.',
  },
  authenticatorSelection: { description: 'What the authenticator must be able to do.' },
  'authenticatorSelection.authenticatorAttachment': {
    description: 'Only authenticators in this device (`platform`), or only others (`cross-platform`).',
  },
  requireResidentKey: { description: 'The older form of `residentKey`: true means `required`.' },
  residentKey: { description: 'Whether the passkey must be one that needs no user name first.' },
  userVerification: { description: 'Whether the user must show a finger, a face or a PIN.' },
  attestation: { description: 'Whether the server asks for proof of the model of authenticator.' },
  rpId: { description: "The relying party id. Absent: the page's domain.", format: 'hostname' },
  hints: { description: 'Which kind of authenticator the browser should offer first.' },
  extensions: { description: 'The inputs of WebAuthn extensions.', type: 'object' },

  // Credentials
  id: { description: `The id of the passkey, ${base64url}.`, contentEncoding: 'base64url' },
  rawId: { description: 'The same text as `id`.', contentEncoding: 'base64url' },
  authenticatorAttachment: {
    description: 'Whether the passkey is in this device (`platform`) or in another one (`cross-platform`).',
  },
  response: { description: 'What browser and authenticator answered.' },
  clientDataJSON: {
    description: `The JSON that the browser made of type, challenge and origin: its bytes, ${base64url}.`,
    contentEncoding: 'base64url',
  },
  attestationObject: {
    description: `The CBOR that the authenticator made, with the new public key: ${base64url}.`,
    contentEncoding: 'base64url',
  },
  authenticatorData: {
    description: `What the authenticator signed, ${base64url}.`,
    contentEncoding: 'base64url',
  },
  signature: { description: `The passkey's signature, ${base64url}.`, contentEncoding: 'base64url' },
  userHandle: {
    description: `The \`user.id\` of the registration, ${base64url}, if the authenticator keeps it.`,
    contentEncoding: 'base64url',
  },

  // Errors
  'Error.status': {
    description: 'The HTTP status of the answer.',
    type: 'integer',
    minimum: 400,
    maximum: 599,
  },
  code: { description: "Twilio's number, or one of the server's own words, such as `not_allowed`." },
  message: { description: 'What is wrong, for the developer. It is not meant for the user.' },
  more_info: { description: "The address of Twilio's page about the code.", format: 'uri' },
  issues: { description: 'The mistakes in the credential that was sent, if the server checked it.' },
  'issues.path': { description: 'Where the mistake is, such as `response.clientDataJSON`.' },
  'issues.code': { description: 'The number with which Verify refuses this mistake.', type: 'integer' },
  fix: { description: 'What to do about it.' },
};

type Node = { [keyword: string]: unknown };

const used = new Set<string>();

function findProperty(parent: string, name: string): Property {
  const key = `${parent}.${name}` in properties ? `${parent}.${name}` : name;
  const property = properties[key];
  if (!property) throw new Error(`src/openapi/property.ts describes no member ${parent}.${name}.`);
  used.add(key);
  return property;
}

/** Returns a schema of the document with the description and form of each member. `parent` is its name. */
export function describeMembers(parent: string, { items, properties: members, ...schema }: Node): Node {
  const describe = ([name, member]: [string, Node]) => [
    name,
    { ...describeMembers(name, member), ...findProperty(parent, name) },
  ];
  return {
    ...schema,
    // Both keywords hold schemas, which TypeScript does not learn from a Node.
    ...(items ? { items: describeMembers(parent, items as Node) } : {}),
    ...(members ? { properties: Object.fromEntries(Object.entries(members).map(describe)) } : {}),
  };
}

/** Throws if a member is described that no schema of the document has. */
export function demandNoOther(): void {
  const unused = Object.keys(properties).filter((key) => !used.has(key));
  if (unused.length > 0)
    throw new Error(`src/openapi/property.ts describes members that are nowhere: ${unused}.`);
}
