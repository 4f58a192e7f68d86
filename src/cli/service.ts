/** `verify-passkeys service`: checks a Verify Service for a page, creates one, or updates one. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { isObject } from '../contract/check/value.ts';
import { escapeControls, type Printed, printIssues } from './print.ts';
import {
  criteria,
  criteriaNames,
  findIdFlaw,
  findOriginFlaw,
  findSpellingFlaw,
  isUnder,
  judgeService,
  type ServiceAnswer,
} from './service-issues.ts';
import { checkRelay } from './service-relay.ts';
import { ask, callServices, readAccount, readServiceSid, Unanswered } from './service-verify.ts';

export const usage = `Usage: verify-passkeys service check --origin <origin> [--relay <url>] [--json]
       verify-passkeys service create --name <name> --rp-id <domain> --origin <origin> [--yes]
       verify-passkeys service update [--name <name>] [--rp-id <domain>] [--origin <origin>] [--yes]

check lists everything in the Service that would make a page's ceremonies fail. create and update set its
relying party, and the usual authenticator criteria where it has none.

The account comes only from the environment: TWILIO_API_KEY and TWILIO_API_KEY_SECRET, or TWILIO_ACCOUNT_SID and
TWILIO_AUTH_TOKEN. check and update take the Service from TWILIO_VERIFY_SERVICE_SID.

  --origin <origin>  the origin of the page, such as https://login.example.com; may be given several times.
                     For create and update these become the relying party's whole list of origins
  --relay <url>      checks a running relay too, such as https://login.example.com/passkeys
  --name <name>      the name of the Service and the relying party, up to 32 characters
  --rp-id <domain>   the relying party id, a bare domain such as example.com
  --yes              creates or updates without asking
  --json             prints the issues as JSON
  -h, --help         prints this help

Exit status: 0 the Service fits, or was created or updated; 1 it does not fit, or was not created or updated;
2 wrong use of the command, or Verify could not be reached.
`;

/** Runs `check`, `create` or `update`. */
export async function run([action, ...args]: string[]): Promise<number> {
  const actions = new Map([
    ['check', check],
    ['create', create],
    ['update', update],
  ]);
  const act = actions.get(action ?? '');
  if (!act) {
    throw new Error(`expected "check", "create" or "update", got ${action ? `"${action}"` : 'nothing'}`);
  }
  try {
    return await act(args);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    process.stderr.write(`verify-passkeys: ${escapeControls(error.message)}\n`);
    return 2;
  }
}

const none: string[] = [];
const origin = { type: 'string', multiple: true, default: none } as const;

async function check(args: string[]): Promise<number> {
  const options = { origin, relay: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
  const { origin: pages, relay, json } = parseArgs({ args, options }).values;
  if (pages.length === 0) throw new Error('expected --origin with the origin of the page');
  for (const page of pages) demandOrigin(page);
  if (relay !== undefined && !(URL.canParse(relay) && /^https?:$/.test(new URL(relay).protocol))) {
    throw new Error('expected --relay with an address such as https://login.example.com/passkeys');
  }
  const account = readAccount(process.env);
  const answer = await callServices(account, `/${readServiceSid(process.env)}`);
  const id = 'service' in answer ? answer.service.passkeys?.relying_party?.id : undefined;
  const issues = 'issue' in answer ? [answer.issue] : await judge(answer.service, pages);
  if (relay !== undefined) {
    for (const page of pages) {
      if (page.startsWith('http')) issues.push(...(await checkRelay(relay, page, id)));
    }
  }
  if (json) process.stdout.write(`${JSON.stringify(issues, null, 2)}\n`);
  else process.stdout.write(issues.length > 0 ? printIssues(issues) : sayFit(pages));
  return issues.length === 0 ? 0 : 1;
}

async function judge(service: ServiceAnswer, pages: string[]): Promise<Printed[]> {
  const id = service.passkeys?.relying_party?.id;
  const others = pages.filter((page) => page.startsWith('http') && id && !isUnder(id, page));
  const related = id && !findIdFlaw(id) && others.length > 0 ? await readRelated(id) : [];
  return judgeService(service, pages, related);
}

/** The origins that a domain allows to use it as their relying party id. https://www.w3.org/TR/webauthn-3/#sctn-related-origins */
async function readRelated(id: string): Promise<string[]> {
  try {
    const { status, headers, body } = await ask(`https://${id}/.well-known/webauthn`, {});
    const isJson = /^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '');
    const origins = isObject(body) ? body.origins : undefined;
    if (status !== 200 || !isJson || !Array.isArray(origins)) return [];
    return origins.filter((each) => typeof each === 'string');
  } catch (error) {
    if (error instanceof Unanswered) return [];
    throw error;
  }
}

const sayFit = (pages: string[]) => `Fit for ${pages.join(', ')}.

An identity means one person in the whole Service. If two apps, or staging and production, share the Service and
have an identity in common, one app signs in the other's user. Give each app its own Service.
`;

const changes = {
  name: { type: 'string' },
  'rp-id': { type: 'string' },
  origin,
  yes: { type: 'boolean', default: false },
} as const;

async function create(args: string[]): Promise<number> {
  const { name, 'rp-id': id, origin: origins, yes } = parseArgs({ args, options: changes }).values;
  if (!name) throw new Error('expected --name with the name of the Service');
  if (!id) throw new Error('expected --rp-id with the relying party id, such as example.com');
  if (origins.length === 0) throw new Error('expected --origin with the origin of the page');
  demandFit(name, id, origins);
  const account = readAccount(process.env);
  const words = criteriaNames.map((key) => [key, criteria[key].usual] as const);
  const lines = [['name', name], ['relying party id', id], ['origins', origins.join(', ')], ...words].map(
    ([what, value]) => `  ${what}: ${value}\n`,
  );
  process.stdout.write(`A new Service:\n${escapeLines(lines)}`);
  return finish(
    account,
    '',
    toForm(name, { id, name, origins }, Object.fromEntries(words)),
    yes,
    'Create it?',
  );
}

async function update(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: changes });
  const sid = readServiceSid(process.env);
  const account = readAccount(process.env);
  demandFit(values.name, values['rp-id'], values.origin);
  const answer = await callServices(account, `/${sid}`);
  if ('issue' in answer) return refuse(answer.issue);
  const { friendly_name = '', passkeys } = answer.service;
  const party = passkeys?.relying_party;
  const before = { id: party?.id ?? '', name: party?.name ?? '', origins: party?.origins ?? [] };
  const after = {
    id: values['rp-id'] ?? before.id,
    name: values.name ?? (before.name || friendly_name),
    origins: values.origin.length > 0 ? values.origin : before.origins,
  };
  if (!after.id) throw new Error('expected --rp-id, since the Service has no relying party id');
  if (after.origins.length === 0)
    throw new Error("expected --origin, since the Service's relying party has none");
  demandFit(undefined, after.id, after.origins);
  const words = criteriaNames.map((key) => {
    const value = passkeys?.[key];
    return [key, value, value && criteria[key].words.includes(value) ? value : criteria[key].usual] as const;
  });
  const name = values.name ?? friendly_name;
  const lines = [
    ['name', friendly_name, name],
    ['relying party name', before.name, after.name],
    ['relying party id', before.id, after.id],
    ['origins', before.origins.join(', '), after.origins.join(', ')],
    ...words,
  ]
    .filter(([, from = '', to]) => from !== to)
    .map(([what, from, to]) => `  ${what}: ${to} (now: ${from || 'none'})\n`);
  if (lines.length === 0) {
    process.stdout.write(`${sid} already has these settings. Nothing was changed.\n`);
    return 0;
  }
  process.stdout.write(`Changes to ${sid}:\n${escapeLines(lines)}`);
  if (before.id && before.id !== after.id) {
    process.stdout.write(`Every passkey that was made for ${escapeControls(before.id)} stops working.\n`);
  }
  const form = toForm(name, after, Object.fromEntries(words.map(([key, , to]) => [key, to])));
  return finish(account, `/${sid}`, form, values.yes, 'Change it?');
}

const escapeLines = (lines: string[]) => lines.map((line) => `${escapeControls(line.trimEnd())}\n`).join('');

function demandOrigin(text: string): void {
  // An http page is an issue to report, not a mistyped argument.
  const flaw = findSpellingFlaw(text);
  if (flaw) {
    throw new Error(
      `expected an origin such as https://login.example.com after --origin, got "${escapeControls(text)}", which ${flaw}`,
    );
  }
}

/** Refuses arguments for a Service that could not work. */
function demandFit(name: string | undefined, id: string | undefined, origins: string[]): void {
  if (name !== undefined && (name.trim() === '' || name.length > 32)) {
    throw new Error('expected --name with 1 to 32 characters');
  }
  const flaw = id !== undefined && findIdFlaw(id);
  if (flaw) throw new Error(escapeControls(`${flaw.message} ${flaw.fix}`));
  for (const text of origins) {
    const wrong = findOriginFlaw(text) ?? (text.includes(',') ? 'has a comma' : undefined);
    if (wrong) throw new Error(escapeControls(`the origin "${text}" ${wrong}`));
  }
}

type Party = { id: string; name: string; origins: string[] };

function toForm(name: string, party: Party, words: Record<string, string>): URLSearchParams {
  // Both callers give a word for each of the three criteria.
  return new URLSearchParams({
    FriendlyName: name,
    'Passkeys.RelyingParty.Id': party.id,
    'Passkeys.RelyingParty.Name': party.name,
    'Passkeys.RelyingParty.Origins': party.origins.join(','),
    'Passkeys.AuthenticatorAttachment': words.authenticator_attachment!,
    'Passkeys.DiscoverableCredentials': words.discoverable_credentials!,
    'Passkeys.UserVerification': words.user_verification!,
  });
}

/** Asks for confirmation, sends the form once, and prints the next steps. */
async function finish(account: string, path: string, form: URLSearchParams, yes: boolean, question: string) {
  if (!yes && !(await confirm(question))) {
    process.stdout.write('Nothing was changed.\n');
    return 1;
  }
  const answer = await callServices(account, path, form);
  if ('issue' in answer) return refuse(answer.issue);
  const { sid } = answer.service;
  const pages = form.get('Passkeys.RelyingParty.Origins')?.split(',') ?? [];
  const issues = judgeService(answer.service, []);
  process.stdout.write(`${path ? 'Changed' : 'Created'} ${sid}.

Set this for your server, with the account's variables:
  TWILIO_VERIFY_SERVICE_SID=${sid}

Next:
  npx verify-passkeys service check ${pages.map((page) => `--origin ${page}`).join(' ')}
`);
  if (issues.length > 0) process.stdout.write(`\n${printIssues(issues)}`);
  return issues.length === 0 ? 0 : 1;
}

/** Only `y` or `yes` confirms. The end of the input does not. */
function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise<string>((resolve) => {
    lines.once('close', () => resolve(''));
    lines.question(`${question} [y/N] `, (answer) => {
      resolve(answer);
      lines.close();
    });
  }).then((answer) => /^y(es)?$/i.test(answer.trim()));
}

function refuse({ code, message, fix }: Printed): number {
  process.stderr.write(`verify-passkeys: ${escapeControls(`${code}: ${message} ${fix}`)}\n`);
  return 1;
}
