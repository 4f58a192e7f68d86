/**
 * What is assumed of Verify, once for the whole package. The emulator plays these rows, `service probe` asks a real
 * Service for each, and a guide lists them. Nobody who wrote this package has had an account in the private beta.
 */

/**
 * A row: what is assumed, where it is written (`documented` in Twilio's pages or OpenAPI file, `contradicted` if two of
 * them disagree, or a `guess`), and what depends on it. `refusal` is the code and the HTTP status of a refusal.
 */
type Row = {
  assumed: string;
  basis: 'documented' | 'contradicted' | 'guess';
  source: string;
  matters: string;
  refusal?: readonly [code: number, status: number];
};

const openapi = "Twilio's OpenAPI file";
const statusGuess = 'the code has a page; when it comes, and with which HTTP status, is written nowhere';
const samples = "Twilio's samples; the OpenAPI example differs";

const rows = {
  'request-id': {
    assumed: 'Every answer has the header Twilio-Request-Id, RQ and 32 hex digits.',
    basis: 'documented',
    source: "Twilio's page on its API's responses, for all of its APIs",
    matters: "The log of the relay names the call for Twilio's support. Without the header it names none.",
  },
  'factor-begun': {
    assumed: 'A new Factor is answered with 201 and the status unverified.',
    basis: 'documented',
    source: openapi,
    matters: 'The relay begins no registration otherwise.',
  },
  'creation-wrapped': {
    assumed: 'The creation options are in options.publicKey.',
    basis: 'contradicted',
    source: "the OpenAPI file wraps them; the README of Twilio's mobile SDKs shows them bare",
    matters: 'Page and relay take both shapes. A program of your own must look for both.',
  },
  'creation-parameters': {
    assumed: 'pubKeyCredParams is a list.',
    basis: 'contradicted',
    source: "a list in Twilio's clients; one object in the OpenAPI examples",
    matters: "Page and relay take both. The browser's own parser takes only a list.",
  },
  'algorithms-offered': {
    assumed: 'ES256 (-7) and RS256 (-257) are offered, in this order.',
    basis: 'guess',
    source: 'the samples show ES256 alone',
    matters: 'Without RS256, Windows Hello on some older devices makes no passkey.',
  },
  'factor-challenge': {
    assumed: 'The challenge of a registration is the SID of the Factor as base64url.',
    basis: 'documented',
    source: openapi,
    matters: 'The relay finds the ceremony by it: otherwise no registration works through the relay.',
  },
  'user-id': {
    assumed: 'user.id is the SID of the Entity as base64url.',
    basis: 'documented',
    source: openapi,
    matters: 'The relay compares userHandle with it: otherwise sign-ins are refused.',
  },
  'user-name': {
    assumed: 'user.name and user.displayName are the friendly_name.',
    basis: 'documented',
    source: openapi,
    matters:
      'The relay writes the names of identify() over them. Without those, the chooser shows what came.',
  },
  'creation-timeout': {
    assumed: 'The options of a registration name a timeout of 600,000 milliseconds.',
    basis: 'documented',
    source: openapi,
    matters: 'The page and the cookie of the relay end a registration after ten minutes at most.',
  },
  'exclude-none': {
    assumed: 'excludeCredentials of the first registration is an empty list.',
    basis: 'documented',
    source: openapi,
    matters: 'Nothing: a missing list is taken too.',
  },
  'exclude-credentials': {
    assumed: 'excludeCredentials holds the ids of the verified passkeys of this identity.',
    basis: 'guess',
    source: 'no page says what it holds',
    matters: 'Without it a user can make a second passkey on one device, and already_registered never comes.',
  },
  'factor-verified': {
    assumed: 'VerifyFactor answers 200 and the status verified.',
    basis: 'contradicted',
    source: "verified in the documents; a template of Twilio's also takes approved",
    matters:
      'Nothing if it is approved: page and relay read that as verified. They refuse any other status, the page as invalid_response and the relay as verify_invalid_answer.',
  },
  'metadata-form': {
    assumed: 'metadata of a verified Factor is an object with the aaguid of the authenticator.',
    basis: 'guess',
    source: "Twilio's Node library knows the members since 6.1.2; their form on the wire is written nowhere",
    matters:
      'Page and relay take the JSON text of such an object too. Otherwise no passkey shows who made it.',
  },
  'list-lag': {
    assumed: 'A Factor is in the list of its Entity as soon as VerifyFactor has answered.',
    basis: 'guess',
    source: 'nowhere',
    matters: 'The page tells the browser which passkeys are alive only after a list that has the newest one.',
  },
  'date-last-approved': {
    assumed: 'metadata of a Factor holds date_last_approved, ISO 8601, once it has approved a Challenge.',
    basis: 'guess',
    source: "Twilio's Node library knows the member; when it is set is written nowhere",
    matters: 'list() has no lastUsed otherwise.',
  },
  'second-verify': {
    assumed: 'A second VerifyFactor with the same credential is refused.',
    basis: 'guess',
    source: statusGuess,
    matters: 'The relay reads this code as "verified already", and then reads the Factor once.',
    refusal: [60383, 403],
  },
  'challenge-begun': {
    assumed: 'A new Challenge is answered with 201 and the status pending.',
    basis: 'documented',
    source: openapi,
    matters: 'The relay begins no sign-in otherwise.',
  },
  'request-wrapped': {
    assumed: 'The options of a Challenge are in options.publicKey.',
    basis: 'documented',
    source: openapi,
    matters: 'Page and relay take bare options too.',
  },
  'request-options': {
    assumed: 'The options of a Challenge are request options, with rpId.',
    basis: 'contradicted',
    source: "request options in Twilio's clients; creation options in the OpenAPI example",
    matters: "Page and relay read rpId from rp.id. The browser's own parser would not.",
  },
  'challenge-challenge': {
    assumed: 'The challenge of a sign-in is the SID of the Challenge as base64url.',
    basis: 'documented',
    source: openapi,
    matters: 'The relay finds the ceremony by it: otherwise no sign-in works through the relay.',
  },
  'request-timeout': {
    assumed: 'The options of a sign-in name a timeout of 300,000 milliseconds.',
    basis: 'documented',
    source: openapi,
    matters: 'The page and the cookie of the relay end a sign-in after five minutes at most.',
  },
  'allow-none': {
    assumed: 'allowCredentials of a Challenge for anybody is an empty list.',
    basis: 'guess',
    source: 'no page says what it holds',
    matters: 'A list that names passkeys would show the user no chooser.',
  },
  'challenge-unnamed': {
    assumed: 'identity, entity_sid and factor_sid of a pending Challenge for anybody are empty texts.',
    basis: 'documented',
    source: openapi,
    matters: 'Nothing: absent, null and empty are read alike.',
  },
  approved: {
    assumed: 'ApproveChallenge answers 200 and the status approved.',
    basis: 'documented',
    source: openapi,
    matters: 'Nobody can sign in otherwise.',
  },
  'approved-names': {
    assumed: 'An approved Challenge for anybody names identity, entity_sid and factor_sid.',
    basis: 'contradicted',
    source: samples,
    matters: 'Without them a passkey that the relay does not remember is refused as unknown_credential.',
  },
  'second-approval': {
    assumed: 'A Challenge is approved once. A second approval is refused.',
    basis: 'documented',
    source: 'the page of 60322, which has its HTTP status too',
    matters:
      "Otherwise a sign-in that was recorded could be played again. The relay's cookie stops that too.",
    refusal: [60322, 403],
  },
  'challenge-named': {
    assumed: 'A pending Challenge for an identity names that identity and its Entity, but no Factor.',
    basis: 'guess',
    source: 'no example shows one',
    matters: 'Nothing: the relay keeps in its cookie for whom it began.',
  },
  'allow-credentials': {
    assumed: 'allowCredentials of a Challenge for an identity holds the ids and transports of its passkeys.',
    basis: 'guess',
    source: 'no page says what it holds',
    matters: 'Otherwise a passkey that is not discoverable cannot be used after the user name was typed.',
  },
  'approved-named': {
    assumed: 'An approved Challenge for an identity names identity, entity_sid and factor_sid.',
    basis: 'guess',
    source: 'no example shows one',
    matters: 'The relay compares the names with what it remembers.',
  },
  'user-handle-absent': {
    assumed: 'ApproveChallenge takes an assertion without userHandle.',
    basis: 'guess',
    source: 'the OpenAPI file does not require it; no page says that it is taken',
    matters: 'Passkeys that are not discoverable give none, and could not be used.',
  },
  'verify-other-step': {
    assumed: 'VerifyFactor refuses the credential of a sign-in.',
    basis: 'documented',
    source: 'the page of 60380; the HTTP status is written nowhere',
    matters: 'The check in the page names the same code before anything is sent.',
    refusal: [60380, 400],
  },
  'verify-client-data': {
    assumed: 'VerifyFactor refuses clientDataJSON without type, challenge and origin.',
    basis: 'documented',
    source: 'the page of 60380; the HTTP status is written nowhere',
    matters: 'The check in the page names the same code before anything is sent.',
    refusal: [60380, 400],
  },
  'verify-origin': {
    assumed: 'VerifyFactor refuses an origin that the Service does not list.',
    basis: 'guess',
    source: statusGuess,
    matters: 'README and the command name 60380 for a page that the Service does not list.',
    refusal: [60380, 400],
  },
  'verify-attachment-null': {
    assumed: 'VerifyFactor refuses authenticatorAttachment null.',
    basis: 'guess',
    source: 'the page of 60377 says invalid or missing',
    matters: 'The page sends platform if the browser says nothing. It need not if null is taken.',
    refusal: [60377, 400],
  },
  'verify-attachment-missing': {
    assumed: 'VerifyFactor refuses a credential without authenticatorAttachment.',
    basis: 'guess',
    source: 'the page of 60377 says invalid or missing',
    matters: 'The page sends platform if the browser says nothing. It need not if it may be left out.',
    refusal: [60377, 400],
  },
  'unknown-transports': {
    assumed: 'VerifyFactor refuses a transport that WebAuthn does not name.',
    basis: 'guess',
    source: 'the OpenAPI file lists the transports; what happens with others is written nowhere',
    matters: 'The page leaves unknown transports out. It need not if they are taken.',
    refusal: [60378, 400],
  },
  'verify-content-type': {
    assumed: 'VerifyFactor refuses a body that is not application/json.',
    basis: 'guess',
    source: '60306, 60433 and 60434 all have pages; none says which of them comes here',
    matters: 'Only programs that send another content type.',
    refusal: [60306, 400],
  },
  'eddsa-taken': {
    assumed: 'VerifyFactor refuses a passkey whose key is EdDSA (Ed25519).',
    basis: 'guess',
    source: 'the algorithm is not among those in the samples',
    matters: 'Nothing, unless your authenticators make only such keys.',
    refusal: [60311, 403],
  },
  'rs256-taken': {
    assumed: 'VerifyFactor takes a passkey whose key is RS256.',
    basis: 'guess',
    source: 'the samples show ES256 alone',
    matters: 'Otherwise Windows Hello on some older devices cannot register.',
  },
  'silent-registration': {
    assumed:
      'VerifyFactor takes a passkey that was made without the user (flags user present and verified 0).',
    basis: 'guess',
    source:
      'WebAuthn Level 3 clears the flags in a conditional create; no page says whether Verify takes that',
    matters: 'Otherwise upgrade() never makes a passkey: leave it out.',
  },
  'verify-unverified-user': {
    assumed:
      'VerifyFactor takes a passkey that was made without user verification, if that is only preferred.',
    basis: 'guess',
    source: 'the meaning of preferred in WebAuthn',
    matters: 'Otherwise security keys without a PIN cannot register.',
  },
  'raw-id-hex': {
    assumed: 'VerifyFactor takes rawId as hex of the bytes in id, as well as base64url.',
    basis: 'contradicted',
    source: "base64url in Twilio's clients; hex in the OpenAPI example",
    matters: 'Nothing: the package sends base64url.',
  },
  'verify-more-members': {
    assumed: 'VerifyFactor takes members beyond the documented ones, such as clientExtensionResults.',
    basis: 'guess',
    source: 'nowhere',
    matters: 'Only programs that send what toJSON() returns. The package sends named members.',
  },
  'unknown-factor': {
    assumed: 'VerifyFactor refuses a challenge that is the SID of no Factor.',
    basis: 'guess',
    source: statusGuess,
    matters: 'The page tells the browser that a failed passkey does not exist.',
    refusal: [60390, 404],
  },
  'approve-other-step': {
    assumed: 'ApproveChallenge refuses the credential of a registration.',
    basis: 'documented',
    source: 'the page of 60380; the HTTP status is written nowhere',
    matters: 'The check in the page names the same code before anything is sent.',
    refusal: [60380, 400],
  },
  'approve-client-data': {
    assumed: 'ApproveChallenge refuses clientDataJSON without type, challenge and origin.',
    basis: 'documented',
    source: 'the page of 60380; the HTTP status is written nowhere',
    matters: 'The check in the page names the same code before anything is sent.',
    refusal: [60380, 400],
  },
  'approve-origin': {
    assumed: 'ApproveChallenge refuses an origin that the Service does not list.',
    basis: 'guess',
    source: statusGuess,
    matters: 'README and the command name 60380 for a page that the Service does not list.',
    refusal: [60380, 400],
  },
  'approve-attachment-null': {
    assumed: 'ApproveChallenge refuses authenticatorAttachment null.',
    basis: 'contradicted',
    source: "required in the OpenAPI file; Twilio's samples send platform if the browser says null",
    matters: 'The page sends platform if the browser says nothing. It need not if null is taken.',
    refusal: [60377, 400],
  },
  'approve-attachment-missing': {
    assumed: 'ApproveChallenge refuses a credential without authenticatorAttachment.',
    basis: 'documented',
    source: 'required in the OpenAPI file; the HTTP status is written nowhere',
    matters: 'The page sends platform if the browser says nothing. It need not if it may be left out.',
    refusal: [60377, 400],
  },
  'approve-absent-user': {
    assumed: 'ApproveChallenge refuses an assertion without the flag user present.',
    basis: 'guess',
    source: 'WebAuthn Level 3 asks for the flag in every sign-in; which code comes is written nowhere',
    matters: 'The check in the page names the same code before anything is sent.',
    refusal: [60379, 400],
  },
  'unknown-passkey': {
    assumed: 'ApproveChallenge refuses a passkey that the Service does not know.',
    basis: 'guess',
    source: statusGuess,
    matters: 'At this code alone the page tells the browser that the passkey does not exist.',
    refusal: [60390, 404],
  },
  'approve-content-type': {
    assumed: 'ApproveChallenge refuses a body that is not application/json.',
    basis: 'guess',
    source: '60306, 60433 and 60434 all have pages; none says which of them comes here',
    matters: 'Only programs that send another content type.',
    refusal: [60306, 400],
  },
  'wrong-signature': {
    assumed: 'ApproveChallenge refuses a well-formed signature by another key.',
    basis: 'documented',
    source: 'the page of 60324, which has its HTTP status too',
    matters: 'Otherwise anybody could sign in.',
    refusal: [60324, 403],
  },
  'approve-unverified-user': {
    assumed: 'ApproveChallenge takes an assertion without user verification, if that is only preferred.',
    basis: 'guess',
    source: 'the meaning of preferred in WebAuthn',
    matters: 'Otherwise security keys without a PIN cannot sign in.',
  },
  'approve-more-members': {
    assumed: 'ApproveChallenge takes members beyond the documented ones, such as clientExtensionResults.',
    basis: 'guess',
    source: 'nowhere',
    matters: 'Only programs that send what toJSON() returns. The package sends named members.',
  },
  'unknown-challenge': {
    assumed: 'ApproveChallenge refuses a challenge that is the SID of no Challenge.',
    basis: 'guess',
    source: statusGuess,
    matters: 'The page sees this code as rejected.',
    refusal: [60391, 404],
  },
  'expired-challenge': {
    assumed: 'ApproveChallenge refuses a Challenge that is older than five minutes.',
    basis: 'documented',
    source: 'the page of 60323, which has its HTTP status too',
    matters: "The relay's cookie ends at the same time.",
    refusal: [60323, 403],
  },
  'unknown-identity': {
    assumed: 'A Challenge for an identity without an Entity is refused.',
    basis: 'guess',
    source: statusGuess,
    matters: 'A sign-in with a user name that has no passkey fails with this code.',
    refusal: [60392, 404],
  },
  'camel-case': {
    assumed: 'A Factor whose request says friendlyName instead of friendly_name is refused.',
    basis: 'guess',
    source: "Verify's documents know only friendly_name; what happens with another name is written nowhere",
    matters: "The typed parameters of Twilio's Node library are sent in camelCase.",
    refusal: [60388, 400],
  },
  'friendly-name-limit': {
    assumed: 'A friendly_name of 65 letters is refused.',
    basis: 'contradicted',
    source: '64 in the page of Factors; 255 in the preview documents',
    matters: 'The relay takes up to 64 as well.',
    refusal: [60300, 400],
  },
  'friendly-name-units': {
    assumed: 'The limit counts UTF-16 units: 33 emoji (66 units) are refused.',
    basis: 'guess',
    source: 'nowhere',
    matters: 'Page and relay count UTF-16 units, and may refuse a name that Verify would take.',
    refusal: [60300, 400],
  },
  'friendly-name-bytes': {
    assumed: 'The limit does not count bytes: 64 letters é (128 bytes) are taken.',
    basis: 'guess',
    source: 'nowhere',
    matters: 'Otherwise names in other scripts than Latin must be shorter.',
  },
  'identity-limit': {
    assumed: 'An identity of 65 characters is refused.',
    basis: 'documented',
    source: 'the parameter in the OpenAPI file; which code comes is written nowhere',
    matters: 'The relay refuses such an identity from identify() itself.',
    refusal: [60420, 400],
  },
  rename: {
    assumed: 'A Factor is renamed by FriendlyName, form-encoded, with 200.',
    basis: 'documented',
    source: 'the page of Factors, which speaks of push and TOTP',
    matters: 'rename() fails otherwise.',
  },
  'delete-factor': {
    assumed: 'A Factor is deleted with 204.',
    basis: 'documented',
    source: 'the page of Factors, which speaks of push and TOTP',
    matters: 'remove() fails otherwise.',
  },
  'deleted-factor': {
    assumed: 'A Factor that was deleted cannot be read.',
    basis: 'guess',
    source: statusGuess,
    matters: 'The relay answers not_found at 20404 too.',
    refusal: [60390, 404],
  },
  'delete-entity': {
    assumed: 'An Entity is deleted with all of its Factors, with 204.',
    basis: 'documented',
    source: 'the page of Entities; that passkeys go with it is written nowhere',
    matters: 'The passkeys of a user who leaves must be removed one by one otherwise.',
  },
  'list-without-entity': {
    assumed: 'The Factors of an identity without an Entity cannot be listed.',
    basis: 'guess',
    source: statusGuess,
    matters: 'The relay reads 60392 and 20404 as a user without passkeys.',
    refusal: [60392, 404],
  },
} as const satisfies Record<string, Row>;

export type AssumptionName = keyof typeof rows;
export type Assumption = Row & { name: AssumptionName };

/** The table, in the order in which the probe asks. */
export const assumptions: readonly Assumption[] = Object.entries<Row>(rows).map(([name, row]) => ({
  // Object.entries() widens the names.
  name: name as AssumptionName,
  ...row,
}));
