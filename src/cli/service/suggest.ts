/** Finds the one `service update` that cures what can be cured in a Service for these pages. */
import { findPasskeyOriginFlaw, isWeb } from '../../contract/origin.ts';
import { isPlain } from './arguments.ts';
import { findIdFlaw, isOnAddress, isUnder, readHost, readOrigin, type ServiceAnswer } from './issues.ts';
import { planUpdate, type WantedSettings } from './plan.ts';

/** The command, the Service as it makes it, and whether every shell takes the command as it is. */
export type Suggestion = { after: ServiceAnswer; command: string; isPlain: boolean };

/**
 * Keeps the origins that can be used, corrects those that are misspelled, and adds the pages: `service update` replaces
 * the whole list. Returns undefined if no relying party id suits the pages, or if there is no origin to list.
 */
export function suggestUpdate(
  service: ServiceAnswer,
  pages: readonly string[],
  {
    related,
    isUserNameFirst,
    base,
  }: { related: readonly string[]; isUserNameFirst: boolean; base: string | undefined },
): Suggestion | undefined {
  const { passkeys, friendly_name } = service;
  const listed = passkeys?.relying_party?.origins ?? [];
  const before = passkeys?.relying_party?.id;
  const usable = pages.filter((page) => !findPasskeyOriginFlaw(page) && !isOnAddress(page));
  const origins = [...new Set([...listed.flatMap((origin) => correct(origin) ?? []), ...usable])];
  const id = chooseId(before, usable, origins, related);
  if (id === undefined || origins.length === 0) return undefined;
  const isWeak = /^(preferred|discouraged)$/.test(passkeys?.discoverable_credentials ?? '');
  const wanted: WantedSettings = {
    ...(friendly_name === undefined && { name: id.slice(0, 32) }),
    ...(id !== before && { id }),
    ...(JSON.stringify(origins) !== JSON.stringify(listed) && { origins }),
    criteria: {
      ...(isWeak && !isUserNameFirst && { discoverable_credentials: 'required' }),
      ...(passkeys?.user_verification === 'required' && { user_verification: 'preferred' }),
    },
  };
  const flags = [
    ['--name', wanted.name],
    ['--rp-id', wanted.id],
    ...(wanted.origins ?? []).map((origin) => ['--origin', origin]),
    ['--discoverable-credentials', wanted.criteria.discoverable_credentials],
    ['--user-verification', wanted.criteria.user_verification],
    ['--base', base],
  ].filter(([, value]) => value !== undefined);
  const { name, party, criteria } = planUpdate(service, wanted);
  return {
    after: {
      ...service,
      friendly_name: name,
      passkeys: { relying_party: { ...party, origins: [...party.origins] }, ...criteria },
    },
    command: ['npx verify-passkeys service update', ...flags.flat()].join(' '),
    isPlain: flags.every(([, value = '']) => isPlain(value)),
  };
}

/** The origin that was meant, or undefined if none can be told. */
function correct(origin: string): string | undefined {
  const spellings = [origin, origin.trim(), origin.trim().replace(/\/+$/, ''), readOrigin(origin.trim())];
  return spellings.find(
    (spelling) => spelling !== undefined && !findPasskeyOriginFlaw(spelling) && !/[\s,]/.test(spelling),
  );
}

/** The id of a relying party for these pages: the one that it has, if that can be used, and else their common domain. */
function chooseId(
  before: string | undefined,
  pages: readonly string[],
  origins: readonly string[],
  related: readonly string[],
): string | undefined {
  const onWeb = pages.filter(isWeb);
  const suits = (id: string) =>
    !findIdFlaw(id) && onWeb.every((page) => isUnder(id, page) || related.includes(page));
  const bare = before === undefined ? undefined : readHost(before)?.toLowerCase();
  const common = findCommonDomain(origins.filter(isWeb));
  const candidates = [before, bare, common];
  // Every passkey is lost with a working id, so that it stays unless all origins have another in common.
  const isWorking = before !== undefined && !findIdFlaw(before);
  return (
    candidates.find((id) => id !== undefined && suits(id)) ?? (isWorking ? before : findCommonDomain(onWeb))
  );
}

/** The domain that all of these are on or under, if it can be a relying party id. */
function findCommonDomain(origins: readonly string[]): string | undefined {
  const [first, ...others] = origins.map((origin) => new URL(origin).hostname);
  if (first === undefined) return undefined;
  const labels = first.split('.');
  const domain = labels
    .map((_, i) => labels.slice(i).join('.'))
    .find((parent) => others.every((host) => host === parent || host.endsWith(`.${parent}`)));
  // Registries hand out names below co.uk and com.au: browsers refuse these as ids. A host of its own is none of them.
  const isRegistry = /^[a-z]{2,3}\.[a-z]{2}$/.test(domain ?? '') && ![first, ...others].includes(domain!);
  return domain === undefined || isRegistry || findIdFlaw(domain) ? undefined : domain;
}
