/** `service create` and `service update`: set up a Service for passkeys, after a confirmation. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { printable } from '../../contract/check/quote.ts';
import { criterionNames } from '../../contract/service.ts';
import { type PrintableIssue, printIssues, printLines } from '../print.ts';
import { base, demandFit, origin } from './arguments.ts';
import { isChoice, judgeService, usual } from './issues.ts';
import { type Account, callServices, readAccount, readServiceSid } from './verify.ts';

const changes = {
  name: { type: 'string' },
  'rp-id': { type: 'string' },
  origin,
  base,
  yes: { type: 'boolean', default: false },
} as const;

export async function create(args: string[]): Promise<number> {
  const {
    name,
    'rp-id': id,
    origin: origins,
    base: address,
    yes,
  } = parseArgs({ args, options: changes }).values;
  if (!name) throw new Error('expected --name with the name of the Service');
  if (!id) throw new Error('expected --rp-id with the relying party id, such as example.com');
  if (origins.length === 0) throw new Error('expected --origin with the origin of the page');
  demandFit(name, id, origins);
  const account = readAccount(process.env, address);
  const choices = criterionNames.map((criterion) => [criterion, usual[criterion]] as const);
  const lines = [['name', name], ['relying party id', id], ['origins', origins.join(', ')], ...choices].map(
    ([what, value]) => `  ${what}: ${value}`,
  );
  process.stdout.write(`A new Service:\n${printLines(lines)}`);
  return finish(
    account,
    '',
    toForm(name, { id, name, origins }, Object.fromEntries(choices)),
    yes,
    'Create it?',
  );
}

export async function update(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: changes });
  const sid = readServiceSid(process.env);
  const account = readAccount(process.env, values.base);
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
  const choices = criterionNames.map((criterion) => {
    const value = passkeys?.[criterion];
    return [criterion, value, value && isChoice(criterion, value) ? value : usual[criterion]] as const;
  });
  const name = values.name ?? friendly_name;
  const lines = [
    ['name', friendly_name, name],
    ['relying party name', before.name, after.name],
    ['relying party id', before.id, after.id],
    ['origins', before.origins.join(', '), after.origins.join(', ')],
    ...choices,
  ]
    .filter(([, from = '', to]) => from !== to)
    .map(([what, from, to]) => `  ${what}: ${to} (now: ${from || 'none'})`);
  if (lines.length === 0) {
    process.stdout.write(`${sid} already has these settings. Nothing was changed.\n`);
    return 0;
  }
  process.stdout.write(`Changes to ${sid}:\n${printLines(lines)}`);
  if (before.id && before.id !== after.id) {
    process.stdout.write(`Every passkey that was made for ${printable(before.id)} stops working.\n`);
  }
  const form = toForm(name, after, Object.fromEntries(choices.map(([key, , to]) => [key, to])));
  return finish(account, `/${sid}`, form, values.yes, 'Change it?');
}

type Party = { id: string; name: string; origins: string[] };

function toForm(name: string, party: Party, choices: Record<string, string>): URLSearchParams {
  // Both callers give a value for each of the three criteria.
  return new URLSearchParams({
    FriendlyName: name,
    'Passkeys.RelyingParty.Id': party.id,
    'Passkeys.RelyingParty.Name': party.name,
    'Passkeys.RelyingParty.Origins': party.origins.join(','),
    'Passkeys.AuthenticatorAttachment': choices.authenticator_attachment!,
    'Passkeys.DiscoverableCredentials': choices.discoverable_credentials!,
    'Passkeys.UserVerification': choices.user_verification!,
  });
}

/** Asks for confirmation, sends the form once, and prints the next steps. */
async function finish(account: Account, path: string, form: URLSearchParams, yes: boolean, question: string) {
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

function refuse({ code, message, fix }: PrintableIssue): number {
  process.stderr.write(`verify-passkeys: ${printable(`${code}: ${message} ${fix}`)}\n`);
  return 1;
}
