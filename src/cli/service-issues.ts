/** Finds everything in a Verify Service that would make a page's ceremonies fail. Makes no network calls. */
import * as v from 'valibot';
import { sidOf } from '../contract/identifier.ts';
import { optional, text } from '../contract/wire.ts';
import type { Printed } from './print.ts';

/** The members of Verify's Service that matter for passkeys. */
export const ServiceAnswer = v.object({
  sid: v.pipe(v.string(), v.regex(sidOf('VA'))),
  friendly_name: optional(text),
  passkeys: optional(
    v.object({
      relying_party: optional(
        v.object({ id: optional(text), name: optional(text), origins: optional(v.array(v.string())) }),
      ),
      authenticator_attachment: optional(text),
      discoverable_credentials: optional(text),
      user_verification: optional(text),
    }),
  ),
});
export type ServiceAnswer = v.InferOutput<typeof ServiceAnswer>;

const path = 'passkeys.relying_party';
const command = 'npx verify-passkeys service update';

export const criteriaNames = [
  'authenticator_attachment',
  'discoverable_credentials',
  'user_verification',
] as const;

/** The values that each criterion takes, and the one that suits most apps. */
export const criteria: Record<(typeof criteriaNames)[number], { words: string[]; usual: string }> = {
  authenticator_attachment: { words: ['platform', 'cross-platform', 'any'], usual: 'any' },
  discoverable_credentials: { words: ['required', 'preferred', 'discouraged'], usual: 'preferred' },
  user_verification: { words: ['required', 'preferred', 'discouraged'], usual: 'preferred' },
};

/**
 * Returns the issues of a Service for pages on these origins.
 *
 * @param related The origins listed in `/.well-known/webauthn` on the relying party's domain.
 */
export function judgeService(
  { passkeys }: ServiceAnswer,
  pages: readonly string[],
  related: readonly string[] = [],
): Printed[] {
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
  fix: `Set them with ${command} --rp-id … --origin …; if they stay empty, or Verify answers 20500, ask Twilio to let the account into the private beta.`,
};

type RelyingParty = NonNullable<ServiceAnswer['passkeys']>['relying_party'];

function judgeRelyingParty(party: RelyingParty): Printed[] {
  const missing = (['id', 'name', 'origins'] as const).filter((name) => !party?.[name]?.length);
  const flaw = party?.id && findIdFlaw(party.id);
  return [
    ...missing.map((name) => ({
      path: `${path}.${name}`,
      code: 60371,
      message: `The relying party has no ${name}, so no ceremony can begin.`,
      fix: `Set it with ${command} ${{ id: '--rp-id example.com', name: '--name "Example"', origins: '--origin https://login.example.com' }[name]}.`,
    })),
    ...(flaw ? [flaw] : []),
  ];
}

/** What is wrong with a relying party id, which must be a bare domain that browsers accept. */
export function findIdFlaw(id: string): Printed | undefined {
  const flaw = (code: number | string, what: string, fix: string) => ({
    path: `${path}.id`,
    code,
    message: `The relying party id "${id}" ${what}; expected a bare domain such as example.com.`,
    fix,
  });
  const bare = readHost(id);
  const instead = bare ? `Use ${bare}: ${command} --rp-id ${bare}.` : `Set one with ${command} --rp-id ….`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(id)) return flaw(60372, 'has a scheme', instead);
  if (/:\d*$/.test(id)) return flaw(60372, 'has a port', instead);
  if (id.includes('/')) return flaw(60372, 'has a path', instead);
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(id)) {
    return flaw(60372, 'has characters that are not allowed in a domain name', instead);
  }
  if (/^[\d.]+$/.test(id)) {
    return flaw(
      'wrong_relying_party',
      'is an IP address, which browsers refuse',
      'Give the page a domain name.',
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
function readHost(address: string): string | undefined {
  try {
    const isUrl = /^[a-z][a-z0-9+.-]*:\/\//i.test(address);
    return new URL(isUrl ? address : `https://${address}`).hostname || undefined;
  } catch {
    return undefined;
  }
}

function judgeCriteria(passkeys: ServiceAnswer['passkeys']): Printed[] {
  const missing = criteriaNames.filter((name) => passkeys?.[name] === undefined);
  const fix = `Set the usual ones with ${command}, or send all three as config with each Factor.`;
  const odd = criteriaNames.flatMap((name) => {
    const value = passkeys?.[name];
    const { words, usual } = criteria[name];
    if (value === undefined || words.includes(value)) return [];
    return {
      path: `passkeys.${name}`,
      code: 60370,
      message: `${name} is "${value}"; expected ${words.join(', ')}.`,
      fix: `Set it to ${usual} with ${command}.`,
    };
  });
  const strict = {
    path: 'passkeys.user_verification',
    code: 60311,
    message: 'user_verification is "required", but upgrade() creates passkeys without verifying the user.',
    fix: 'Use preferred if pages call upgrade(). Every other ceremony works with required.',
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
function judgeListed(listed: string[], pages: readonly string[]): Printed[] {
  return listed.flatMap((origin) => {
    const flaw = findOriginFlaw(origin);
    if (!flaw || pages.some((page) => readOrigin(origin) === page && !listed.includes(page))) return [];
    return {
      path: `${path}.origins`,
      code: 60380,
      message: `The origin "${origin}" ${flaw}, so no browser or app can send it.`,
      fix: `Correct it or leave it out: ${command} --origin … replaces the whole list.`,
    };
  });
}

/** What is wrong with an origin; undefined if a page or an app of this origin can use passkeys. */
export function findOriginFlaw(origin: string): string | undefined {
  const isHttp = () => isWeb(origin) && isInsecure(new URL(origin));
  return findSpellingFlaw(origin) ?? (isHttp() ? 'is http and not on localhost' : undefined);
}

/** What is wrong with how an origin is written; undefined if a browser or an app can send it. */
export function findSpellingFlaw(origin: string): string | undefined {
  if (origin.startsWith('android:')) {
    // SHA-256 of the signing certificate: 32 bytes are 43 characters, and the last two bits are zero.
    const isHash = /^android:apk-key-hash:[\w-]{42}[AEIMQUYcgkosw048]$/.test(origin);
    return isHash
      ? undefined
      : 'is not "android:apk-key-hash:" followed by a SHA-256 of 43 characters in base64url';
  }
  if (!/^https?:\/\//i.test(origin)) {
    return /^[a-z][a-z0-9+.-]*:(?!\d)/i.test(origin) ? 'has an unknown scheme' : 'has no scheme';
  }
  if (origin.includes('*')) return 'has a wildcard, which Verify does not expand';
  if (!URL.canParse(origin)) return 'is not a URL';
  const url = new URL(origin);
  if (url.origin === origin) return undefined;
  if (url.pathname !== '/' || url.search || url.hash || url.username)
    return 'has more than scheme, host and port';
  if (origin.endsWith('/')) return 'has a slash at the end';
  if (origin !== origin.toLowerCase()) return 'is not all lower case';
  if (/:\d+$/.test(origin)) return 'has the default port of its scheme';
  return 'is not written as browsers write it';
}

const isInsecure = ({ protocol, hostname }: URL) =>
  protocol === 'http:' && !/(^|\.)localhost$/.test(hostname);

/** The origin of the URL in the text, if it has one. */
function readOrigin(address: string): string | undefined {
  const url = /^https?:/i.test(address) ? address : `https://${address}`;
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

const isWeb = (origin: string) => origin.startsWith('http');

/** Whether browsers allow passkeys on the page at all. */
function judgeAddress(page: string): Printed[] {
  if (!isWeb(page)) return [];
  const url = new URL(page);
  if (/^(\d+\.){3}\d+$|^\[/.test(url.hostname)) {
    return [
      {
        path: 'origin',
        code: 'wrong_relying_party',
        message: `The page "${page}" is on an IP address, and browsers do not allow passkeys there.`,
        fix: 'Open it by a domain name, or as localhost.',
      },
    ];
  }
  if (!isInsecure(url)) return [];
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

function judgeDomain(id: string, page: string, related: readonly string[]): Printed[] {
  if (!isWeb(page) || isUnder(id, page) || related.includes(page)) return [];
  return [
    {
      path: `${path}.id`,
      code: 'wrong_relying_party',
      message: `The page "${page}" is not under "${id}", and https://${id}/.well-known/webauthn does not list it, so browsers refuse the ceremony.`,
      fix: `Use an id that is the page's domain or a parent of it, or serve {"origins":["${page}"]} at that address as application/json.`,
    },
  ];
}

function judgeOrigin(listed: string[], page: string): Printed[] {
  if (listed.includes(page)) return [];
  const meant = listed.find((origin) => readOrigin(origin) === page);
  const near = meant ?? listed.find((origin) => isWeb(page) && readHost(origin) === new URL(page).hostname);
  const flaw = near && (findOriginFlaw(near) ?? 'has another scheme or port');
  const whole = listed.filter((origin) => !findOriginFlaw(origin)).concat(page);
  return [
    {
      path: `${path}.origins`,
      code: 60380,
      message: `"${page}" is not among the relying party's origins${near ? `; "${near}" is, but it ${flaw}` : ''}. Verify compares them as text.`,
      fix: `List it: ${command} ${whole.map((origin) => `--origin ${origin}`).join(' ')}.`,
    },
  ];
}
