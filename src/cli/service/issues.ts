/** Finds everything in a Verify Service that would make a page's ceremonies fail. Makes no network calls. */
import * as v from 'valibot';
import { sidOf } from '../../contract/identifier.ts';
import { findPasskeyOriginFlaw, isInsecure, isWeb } from '../../contract/origin.ts';
import { type Criterion, choices, criterionNames, isDomain } from '../../contract/service.ts';
import { lenient, optional, text } from '../../contract/wire.ts';
import type { PrintableIssue } from '../print.ts';

/** A list, or the text with commas that Verify takes for one. */
const origins = lenient(
  v.pipe(
    v.unknown(),
    v.transform((given) => (typeof given === 'string' ? given.split(',').map((each) => each.trim()) : given)),
    v.array(v.string()),
  ),
);

/** The members of Verify's Service that matter for passkeys. */
export const ServiceAnswer = v.object({
  sid: v.pipe(v.string(), v.regex(sidOf('VA'))),
  friendly_name: lenient(text),
  passkeys: optional(
    v.object({
      relying_party: lenient(v.object({ id: lenient(text), name: lenient(text), origins })),
      authenticator_attachment: lenient(text),
      discoverable_credentials: lenient(text),
      user_verification: lenient(text),
    }),
  ),
});
export type ServiceAnswer = v.InferOutput<typeof ServiceAnswer>;

const path = 'passkeys.relying_party';

/** The value of each criterion that suits most apps. */
export const usual: { [C in Criterion]: (typeof choices)[C][number] } = {
  authenticator_attachment: 'any',
  discoverable_credentials: 'required',
  user_verification: 'preferred',
};

/** Whether Verify knows this value of a criterion. */
export const isChoice = (criterion: Criterion, value: string): boolean =>
  choices[criterion].some((choice) => choice === value);

/**
 * Returns the issues of a Service for pages on these origins.
 *
 * @param related The origins listed in `/.well-known/webauthn` on the relying party's domain.
 */
export function judgeService(
  { passkeys }: ServiceAnswer,
  pages: readonly string[],
  related: readonly string[] = [],
): PrintableIssue[] {
  const party = passkeys?.relying_party;
  const issues = passkeys
    ? [...judgeRelyingParty(party), ...judgeListed(party?.origins ?? [], pages)]
    : [noPasskeys];
  const id = party?.id;
  return [
    ...issues,
    ...judgeCriteria(passkeys),
    ...pages.flatMap((page) => [
      ...judgeAddress(page),
      ...(id && !findIdFlaw(id) ? judgeDomain(id, page, related) : []),
      ...(party?.origins?.length ? judgeOrigin(party.origins, page) : []),
    ]),
  ];
}

const noPasskeys = {
  path: 'passkeys',
  code: 60371,
  message: 'The Service has no passkeys settings, so no ceremony can begin.',
  fix: 'Set its relying party. If the settings stay empty, or Verify answers 20500, ask Twilio to let the account into the private beta.',
};

type RelyingParty = NonNullable<ServiceAnswer['passkeys']>['relying_party'];

function judgeRelyingParty(party: RelyingParty): PrintableIssue[] {
  const missing = (['id', 'name', 'origins'] as const).filter((name) => !party?.[name]?.length);
  const flaw = party?.id && findIdFlaw(party.id);
  return [
    ...missing.map((name) => ({
      path: `${path}.${name}`,
      code: 60371,
      message: `The relying party has no ${name}, so no ceremony can begin.`,
      fix: { id: 'Set it to the domain of the pages.', name: 'Set one.', origins: 'List the pages.' }[name],
    })),
    ...(flaw ? [flaw] : []),
  ];
}

/** What is wrong with a relying party id, which must be a bare domain that browsers accept. */
export function findIdFlaw(id: string): PrintableIssue | undefined {
  const flaw = (code: number | string, what: string, fix: string) => ({
    path: `${path}.id`,
    code,
    message: `The relying party id "${id}" ${what}; expected a bare domain such as example.com.`,
    fix,
  });
  const bare = readHost(id)?.toLowerCase();
  const instead = bare && isDomain(bare) ? `Use ${bare}.` : 'Use the domain of the pages.';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(id)) return flaw(60372, 'has a scheme', instead);
  if (/:\d*$/.test(id)) return flaw(60372, 'has a port', instead);
  if (id.includes('/')) return flaw(60372, 'has a path', instead);
  if (!isDomain(id)) {
    return flaw(60372, 'has characters that are not allowed in a domain name', instead);
  }
  if (/^[\d.]+$/.test(id)) {
    return flaw(
      'wrong_relying_party',
      'is an IP address, which browsers refuse',
      'Give the page a domain name, and use that.',
    );
  }
  if (id !== id.toLowerCase()) {
    return flaw('wrong_relying_party', 'is not all lower case, and browsers compare it exactly', instead);
  }
  if (!id.includes('.') && id !== 'localhost') {
    const what = 'is a single label, which browsers refuse';
    return flaw('wrong_relying_party', what, 'Use a domain that you registered, or localhost.');
  }
  return undefined;
}

/** The host in the text, if it has one. */
export function readHost(address: string): string | undefined {
  try {
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
    return new URL(isUrl ? address : `https://${address}`).hostname || undefined;
  } catch {
    return undefined;
  }
}

/** Whether a security key that stores no passkey could register, although an app without user names needs a stored one. */
export function judgeDiscoverable({ passkeys }: ServiceAnswer): PrintableIssue[] {
  const value = passkeys?.discoverable_credentials;
  if (value !== 'preferred' && value !== 'discouraged') return [];
  return [
    {
      path: 'passkeys.discoverable_credentials',
      code: 'no_stored_passkey',
      message: `discoverable_credentials is "${value}", so a security key that stores no passkey registers, and can never sign in unless the user gives a user name first.`,
      fix: 'Set it to required. If the app always asks for the user name first, add --user-name-first to the check instead.',
    },
  ];
}

function judgeCriteria(passkeys: ServiceAnswer['passkeys']): PrintableIssue[] {
  const missing = criterionNames.filter((name) => passkeys?.[name] === undefined);
  const fix = 'Set the usual ones, or send all three as config with each Factor.';
  const odd = criterionNames.flatMap((name) => {
    const value = passkeys?.[name];
    if (value === undefined || isChoice(name, value)) return [];
    return {
      path: `passkeys.${name}`,
      code: 60370,
      message: `${name} is "${value}"; expected ${choices[name].join(', ')}.`,
      fix: `Set it to ${usual[name]}.`,
    };
  });
  const strict = {
    path: 'passkeys.user_verification',
    code: 60311,
    message: 'user_verification is "required", but upgrade() creates passkeys without verifying the user.',
    fix: 'Set it to preferred if pages call upgrade(). If none does, leave it: every other ceremony works with required.',
  };
  return [
    ...(missing.length > 0
      ? [
          {
            path: `passkeys.${missing[0]}`,
            code: 60393,
            message: `The Service has no ${missing.join(', ')}, so a Factor without config is refused.`,
            fix,
          },
        ]
      : []),
    ...odd,
    ...(passkeys?.user_verification === 'required' ? [strict] : []),
  ];
}

/** The listed origins that no browser or app can send. judgeOrigin reports those that misspell a page's origin. */
function judgeListed(listed: string[], pages: readonly string[]): PrintableIssue[] {
  return listed.flatMap((origin) => {
    const flaw = findPasskeyOriginFlaw(origin);
    if (!flaw || pages.some((page) => readOrigin(origin) === page && !listed.includes(page))) return [];
    return {
      path: `${path}.origins`,
      code: 60380,
      message: `The origin "${origin}" ${flaw}, so no browser or app can send it.`,
      fix: 'Correct it, or leave it out of the list.',
    };
  });
}

/** The origin of the URL in the text, if it has one. */
export function readOrigin(address: string): string | undefined {
  const url = /^https?:/i.test(address) ? address : `https://${address}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

/** Whether the page has an IP address instead of a domain. */
export const isOnAddress = (page: string): boolean =>
  isWeb(page) && /^(\d+\.){3}\d+$|^\[/.test(new URL(page).hostname);

/** Whether browsers allow passkeys on the page at all. */
function judgeAddress(page: string): PrintableIssue[] {
  if (!isWeb(page)) return [];
  if (isOnAddress(page)) {
    return [
      {
        path: 'origin',
        code: 'wrong_relying_party',
        message: `The page "${page}" is on an IP address, and browsers do not allow passkeys there.`,
        fix: 'Open it by a domain name, or as localhost.',
      },
    ];
  }
  if (!isInsecure(page)) return [];
  return [
    {
      path: 'origin',
      code: 'insecure_context',
      message: `The page "${page}" is http, and browsers do not allow passkeys there.`,
      fix: 'Serve it over https. http works only on localhost.',
    },
  ];
}

/** Whether a page is on the relying party's domain or under it, so that its browser accepts the id without a lookup. */
export function isUnder(id: string, page: string): boolean {
  const { hostname } = new URL(page);
  return hostname === id || hostname.endsWith(`.${id}`);
}

function judgeDomain(id: string, page: string, related: readonly string[]): PrintableIssue[] {
  if (!isWeb(page) || isUnder(id, page) || related.includes(page)) return [];
  return [
    {
      path: `${path}.id`,
      code: 'wrong_relying_party',
      message: `The page "${page}" is not under "${id}", and https://${id}/.well-known/webauthn does not list it, so browsers refuse the ceremony.`,
      fix: `Use an id that is the page's domain or a parent of it: every passkey that was made for "${id}" then stops working. Or serve {"origins":["${page}"]} at that address as application/json.`,
    },
  ];
}

function judgeOrigin(listed: string[], page: string): PrintableIssue[] {
  // A page on which browsers allow no passkeys has an issue of its own, and is not worth listing.
  if (listed.includes(page) || isOnAddress(page) || findPasskeyOriginFlaw(page)) return [];
  const meant = listed.find((origin) => readOrigin(origin) === page);
  const near = meant ?? listed.find((origin) => isWeb(page) && readHost(origin) === new URL(page).hostname);
  const flaw = near && (findPasskeyOriginFlaw(near) ?? 'has another scheme or port');
  return [
    {
      path: `${path}.origins`,
      code: 60380,
      message: near
        ? `Verify does not list "${page}". It lists "${near}", which ${flaw}.`
        : `Verify does not list "${page}" among the relying party's origins.`,
      fix: 'List it.',
    },
  ];
}
