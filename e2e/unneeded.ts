/** Spoils every member of an answer that page, relay and command can do without. */

/** The members that something depends on. A test spoils all others. */
const needed = new Set(
  `sid status identity entity_sid factor_sid factor_type factors meta next_page_url code
  options publicKey challenge rp rpId id name user displayName pubKeyCredParams type alg allowCredentials
  excludeCredentials authenticatorSelection authenticatorAttachment residentKey userVerification
  passkeys relying_party origins authenticator_attachment discoverable_credentials user_verification`.split(
    /\s+/,
  ),
);

/** What stands in the place of each member: nothing, and values of every type that none of them takes. */
export const spoils: readonly (readonly [what: string, value: unknown])[] = [
  ['missing', undefined],
  ['null', null],
  ['a truth value', true],
  ['an object', { other: 1 }],
  ['a list', [{}]],
];

/** The answer with another value for each member that nothing depends on. `also` names further such members. */
function spoil(answer: unknown, value: unknown, ...also: string[]): unknown {
  if (Array.isArray(answer)) return answer.map((item) => spoil(item, value, ...also));
  if (typeof answer !== 'object' || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([name, inner]) => [
      name,
      needed.has(name) && !also.includes(name) ? spoil(inner, value, ...also) : value,
    ]),
  );
}

/** A text of JSON, spoiled. */
export const spoilText = (text: string, value: unknown, ...also: string[]): string =>
  text && JSON.stringify(spoil(JSON.parse(text), value, ...also));
