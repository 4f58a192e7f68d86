/** Judges each assumption by what Verify answered. The same function judges a probe and a transcript of one. */
import { type Assumption, type AssumptionName, assumptions } from '../../contract/assumption.ts';
import { fromText } from '../../contract/bytes.ts';
import { readSid } from '../../contract/challenge.ts';
import { isObject, parse } from '../../contract/json.ts';
import { optionsOf } from './options.ts';
import { friendlyName, model, placeholders } from './ours.ts';
import type { Call, Judgement } from './transcript.ts';

type Calls = ReadonlyMap<string, Call>;

/** A row that is not about a refusal: the call that tells, and what came if that is not as assumed. Null if it cannot tell. */
type Rule = {
  step: string;
  /** Whether a refusal tells too. It does not if the row is about what the answer holds. */
  takesRefusal?: true;
  judge(call: Call, calls: Calls): string | null | undefined;
};

const member = (value: unknown, ...path: string[]): unknown =>
  path.reduce((inner, name) => (isObject(inner) ? inner[name] : undefined), value);

const show = (value: unknown) => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 200));

const answered = ({ status, body }: Call) => {
  const code = member(body, 'code');
  const word = member(body, 'status');
  return `${status}${typeof code === 'number' ? ` with ${code}` : typeof word === 'string' ? ` and the status ${word}` : ''}`;
};

/** As assumed if the value is this one. */
const is = (came: unknown, assumed: unknown) =>
  JSON.stringify(came) === JSON.stringify(assumed) ? undefined : show(came);

const done = (step: string, httpStatus: number, ...words: string[]): Rule => ({
  step,
  takesRefusal: true,
  judge: (call) =>
    call.status === httpStatus && (words.length === 0 || words.includes(String(member(call.body, 'status'))))
      ? undefined
      : answered(call),
});

/** A refusal tells nothing if one of these rows, on which the probe relied, was not as assumed. */
const unless = (relied: AssumptionName[], { judge, ...others }: Rule): Rule => ({
  ...others,
  judge: (call, calls) => {
    const isMisled = relied.some((name) => {
      const rule = rules[name];
      const told = rule && calls.get(rule.step);
      return told && rule.judge(told, calls);
    });
    return call.status >= 400 && isMisled ? null : judge(call, calls);
  },
});

const option = (
  step: string,
  name: string,
  judge: (value: unknown, call: Call) => string | null | undefined,
) => ({
  step,
  judge: (call: Call) => judge(optionsOf(call)[name], call),
});

const names = (step: string, judge: (names: unknown[], call: Call) => boolean): Rule => ({
  step,
  judge: (call) => {
    const all = ['identity', 'entity_sid', 'factor_sid'].map((name) => member(call.body, name));
    return judge(all, call) ? undefined : all.map((value) => show(value)).join(', ');
  },
});

const ours = [{ id: placeholders.credential, type: 'public-key', transports: ['internal'] }];
const isSid = (letters: 'YE' | 'YF') => (value: unknown) =>
  typeof value === 'string' && readSid(letters, fromText(value)) !== undefined;
const isNamed = ([identity, entity, factor]: unknown[]) =>
  identity === placeholders.identity && isSid('YE')(entity) && isSid('YF')(factor);
const wrapped = (step: string): Rule => ({
  step,
  judge: ({ body }) => (isObject(member(body, 'options', 'publicKey')) ? undefined : 'bare options'),
});
const hasSid = (list: unknown, sid: unknown) =>
  Array.isArray(list) && list.some((factor) => member(factor, 'sid') === sid);

const rules: Partial<Record<AssumptionName, Rule>> = {
  'request-id': {
    step: 'factor',
    takesRefusal: true,
    judge: ({ headers }) =>
      /^RQ\w{32}$/.test(headers['twilio-request-id'] ?? '') ? undefined : show(headers['twilio-request-id']),
  },
  'factor-begun': done('factor', 201, 'unverified'),
  'creation-wrapped': wrapped('factor'),
  'creation-parameters': option('factor', 'pubKeyCredParams', (list) =>
    Array.isArray(list) ? undefined : isObject(list) ? 'one object' : show(list),
  ),
  // One object has one algorithm: it says nothing of the others.
  'algorithms-offered': option('factor', 'pubKeyCredParams', (list) =>
    Array.isArray(list)
      ? is(
          list.map((each) => member(each, 'alg')),
          [-7, -257],
        )
      : null,
  ),
  'factor-challenge': option('factor', 'challenge', (value, { body }) =>
    is(value, fromText(String(member(body, 'sid')))),
  ),
  'user-id': {
    step: 'factor',
    judge: (call) =>
      is(member(optionsOf(call).user, 'id'), fromText(String(member(call.body, 'entity_sid')))),
  },
  'user-name': option('factor', 'user', (user) =>
    is([member(user, 'name'), member(user, 'displayName')], [friendlyName, friendlyName]),
  ),
  'creation-timeout': option('factor', 'timeout', (value) => is(value, 600_000)),
  'exclude-none': option('factor', 'excludeCredentials', (value) => is(value, [])),
  'exclude-credentials': option('factor-next', 'excludeCredentials', (value) => is(value, ours)),
  'factor-verified': unless(['factor-challenge'], done('factor-verified', 200, 'verified', 'approved')),
  'metadata-form': {
    step: 'factor-verified',
    judge: ({ body }) => {
      const metadata = member(body, 'metadata');
      if (typeof metadata === 'string' && isObject(parse(metadata))) return 'an object as JSON text';
      return is(member(metadata, 'aaguid'), model);
    },
  },
  'list-lag': {
    step: 'list',
    takesRefusal: true,
    judge: (call, calls) => {
      const sid = member(calls.get('factor')?.body, 'sid');
      if (hasSid(member(call.body, 'factors'), sid)) return undefined;
      if (call.status !== 200) return answered(call);
      const later = ['list-2', 'list-3', 'list-4'].find((step) =>
        hasSid(member(calls.get(step)?.body, 'factors'), sid),
      );
      return later ? `only in look ${later.slice(-1)}, a moment later` : 'not in the list seconds later';
    },
  },
  'date-last-approved': {
    step: 'read',
    judge: ({ body }, calls) => {
      if ((calls.get('approved')?.status ?? 500) >= 300) return null;
      const metadata = member(body, 'metadata');
      const all = typeof metadata === 'string' ? parse(metadata) : metadata;
      return /^\d{4}-\d\d-\d\dT/.test(String(member(all, 'date_last_approved')))
        ? undefined
        : show(member(all, 'date_last_approved'));
    },
  },
  'challenge-begun': done('challenge', 201, 'pending'),
  'request-wrapped': wrapped('challenge'),
  'request-options': {
    step: 'challenge',
    judge: (call) => {
      const { rpId, user } = optionsOf(call);
      return rpId === placeholders.rpId && user === undefined
        ? undefined
        : user === undefined
          ? `rpId ${show(rpId)}`
          : 'creation options';
    },
  },
  'challenge-challenge': option('challenge', 'challenge', (value, { body }) =>
    is(value, fromText(String(member(body, 'sid')))),
  ),
  'request-timeout': option('challenge', 'timeout', (value) => is(value, 300_000)),
  'allow-none': option('challenge', 'allowCredentials', (value) => is(value, [])),
  'challenge-unnamed': names('challenge', (all) => all.every((name) => name === '')),
  approved: unless(['challenge-challenge', 'user-id'], done('approved', 200, 'approved')),
  'approved-names': names('approved', isNamed),
  'challenge-named': names(
    'challenge-named',
    ([identity, entity, factor]) =>
      identity === placeholders.identity && isSid('YE')(entity) && factor === '',
  ),
  'allow-credentials': option('challenge-named', 'allowCredentials', (value) => is(value, ours)),
  'approved-named': names('user-handle-absent', isNamed),
  'friendly-name-bytes': done('friendly-name-bytes', 201),
  'delete-factor': done('delete-factor', 204),
  'delete-entity': done('delete-entity', 204),
  rename: {
    step: 'rename',
    takesRefusal: true,
    judge: (call) =>
      call.status === 200 ? is(member(call.body, 'friendly_name'), `${friendlyName} 2`) : answered(call),
  },
};

/** The call that tells about a row. Rows without a rule are told by the call of their own name. */
function judgeRow(row: Assumption, calls: Calls): Pick<Judgement, 'verdict' | 'said'> | undefined {
  const rule = rules[row.name];
  const call = calls.get(rule?.step ?? row.name);
  if (!call) return undefined;
  // A row about what an answer holds cannot be told by a refusal, which the row about the refusal itself reports.
  const isAbout = !rule || call.status < 300 || rule.takesRefusal;
  if (!isAbout) return undefined;
  const said = rule ? rule.judge(call, calls) : judgeAnswer(row, call);
  if (said === null) return undefined;
  return said === undefined ? { verdict: 'as assumed', said: '' } : { verdict: 'otherwise', said };
}

function judgeAnswer({ refusal }: Assumption, call: Call): string | undefined {
  if (!refusal) return call.status === 200 ? undefined : answered(call);
  const [code, status] = refusal;
  return call.status === status && member(call.body, 'code') === code ? undefined : answered(call);
}

/** Judges every row of the table. `why` says why the rows that no call tells about could not be asked. */
export function judgeRows(calls: readonly Call[], why: string | null): Judgement[] {
  const byStep = new Map(calls.map((call) => [call.step, call]));
  return assumptions.map((row) => {
    const { name } = row;
    const judged = judgeRow(row, byStep);
    return { name, ...(judged ?? { verdict: 'not asked', said: whyNot(name, why) }) };
  });
}

function whyNot(name: AssumptionName, why: string | null): string {
  if (name === 'expired-challenge' && why === null) return 'it takes five minutes: ask with --expired';
  return why ?? 'an earlier answer was not as assumed';
}
