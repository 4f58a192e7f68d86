/** What `service update` makes of a Service: what is asked for, over what it has, and the usual for what it lacks. */
import { type Criterion, criterionNames } from '../../contract/service.ts';
import { isChoice, type ServiceAnswer, usual } from './issues.ts';

/** What to set. The rest stays as it is. */
export type WantedSettings = {
  name?: string | undefined;
  id?: string | undefined;
  origins?: readonly string[] | undefined;
  criteria: { [C in Criterion]?: string | undefined };
};

/** The settings of a Service, whole. */
export type Plan = {
  name: string;
  party: { id: string; name: string; origins: readonly string[] };
  criteria: { [C in Criterion]: string };
};

/** An id, a name or a list of origins that neither side has is empty. */
export function planUpdate(
  { friendly_name = '', passkeys }: Omit<ServiceAnswer, 'sid'>,
  wanted: WantedSettings,
): Plan {
  const party = passkeys?.relying_party;
  const choose = (criterion: Criterion) => {
    const value = wanted.criteria[criterion] ?? passkeys?.[criterion];
    return [criterion, value !== undefined && isChoice(criterion, value) ? value : usual[criterion]];
  };
  return {
    name: wanted.name ?? friendly_name,
    party: {
      id: wanted.id ?? party?.id ?? '',
      name: wanted.name ?? party?.name ?? friendly_name,
      origins: wanted.origins ?? party?.origins ?? [],
    },
    // Each criterion has a value.
    criteria: Object.fromEntries(criterionNames.map(choose)) as Plan['criteria'],
  };
}
