/** `service create` and `service update`: set up a Service for passkeys, after a confirmation. */
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { printable } from '../../contract/check/quote.ts';
import { criterionNames } from '../../contract/service.ts';
import { printIssues, printLines, refuse } from '../print.ts';
import { base, criterionFlags, demandFit, isPlain, origin, readCriteria, repeatBase } from './arguments.ts';
import { judgeService } from './issues.ts';
import { type Plan, planUpdate } from './plan.ts';
import { type Account, callServices, readAccount, readServiceSid } from './verify.ts';

const changes = {
  name: { type: 'string' },
  'rp-id': { type: 'string' },
  origin,
  [criterionFlags.authenticator_attachment]: { type: 'string' },
  [criterionFlags.discoverable_credentials]: { type: 'string' },
  [criterionFlags.user_verification]: { type: 'string' },
  base,
  yes: { type: 'boolean', default: false },
} as const;

export async function create(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: changes });
  const { name, 'rp-id': id, origin: origins } = values;
  if (!name) throw new Error('expected --name with the name of the Service');
  if (!id) throw new Error('expected --rp-id with the relying party id, such as example.com');
  if (origins.length === 0) throw new Error('expected --origin with the origin of the page');
  demandFit(name, id, origins);
  const wanted = { name, id, origins, criteria: readCriteria(values) };
  const account = readAccount(process.env, values.base);
  const plan = planUpdate({}, wanted);
  const lines = [
    ['name', name],
    ['relying party id', id],
    ['origins', origins.join(', ')],
    ...criterionNames.map((criterion) => [criterion, plan.criteria[criterion]]),
  ].map(([what, value]) => `  ${what}: ${value}`);
  process.stdout.write(`A new Service:\n${printLines(lines)}`);
  return finish(account, '', plan, values, 'Create it?');
}

export async function update(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: changes });
  const sid = readServiceSid(process.env);
  const account = readAccount(process.env, values.base);
  demandFit(values.name, values['rp-id'], values.origin);
  const criteria = readCriteria(values);
  const answer = await callServices(account, `/${sid}`);
  if ('issue' in answer) return refuse(answer.issue);
  const { friendly_name, passkeys } = answer.service;
  const before = passkeys?.relying_party;
  const plan = planUpdate(answer.service, {
    name: values.name,
    id: values['rp-id'],
    origins: values.origin.length > 0 ? values.origin : undefined,
    criteria,
  });
  const { id, origins } = plan.party;
  if (!id) throw new Error('expected --rp-id, since the Service has no relying party id');
  if (origins.length === 0) throw new Error("expected --origin, since the Service's relying party has none");
  demandFit(undefined, id, origins);
  const lines = [
    ['name', friendly_name, plan.name],
    ['relying party name', before?.name, plan.party.name],
    ['relying party id', before?.id, id],
    ['origins', before?.origins?.join(', '), origins.join(', ')],
    ...criterionNames.map((criterion) => [criterion, passkeys?.[criterion], plan.criteria[criterion]]),
  ]
    .filter(([, from = '', to]) => from !== to)
    .map(([what, from, to]) => `  ${what}: ${to} (now: ${from || 'none'})`);
  if (lines.length === 0) {
    process.stdout.write(`${sid} already has these settings. Nothing was changed.\n`);
    return 0;
  }
  process.stdout.write(`Changes to ${sid}:\n${printLines(lines)}`);
  if (before?.id && before.id !== id) {
    process.stdout.write(`Every passkey that was made for ${printable(before.id)} stops working.\n`);
  }
  return finish(account, `/${sid}`, plan, values, 'Change it?');
}

function toForm({ name, party, criteria }: Plan): URLSearchParams {
  return new URLSearchParams({
    FriendlyName: name,
    'Passkeys.RelyingParty.Id': party.id,
    'Passkeys.RelyingParty.Name': party.name,
    'Passkeys.RelyingParty.Origins': party.origins.join(','),
    'Passkeys.AuthenticatorAttachment': criteria.authenticator_attachment,
    'Passkeys.DiscoverableCredentials': criteria.discoverable_credentials,
    'Passkeys.UserVerification': criteria.user_verification,
  });
}

/** Asks for confirmation, sends the form once, and prints the next steps. */
async function finish(
  account: Account,
  path: string,
  plan: Plan,
  { yes, base: address }: { yes: boolean; base?: string | undefined },
  question: string,
) {
  if (!yes && !(await confirm(question))) {
    process.stdout.write('Nothing was changed.\n');
    return 1;
  }
  const answer = await callServices(account, path, toForm(plan));
  if ('issue' in answer) return refuse(answer.issue);
  const { sid } = answer.service;
  const pages = plan.party.origins.every(isPlain) ? plan.party.origins : ['<the origin of your page>'];
  const issues = judgeService(answer.service, []);
  process.stdout.write(`${path ? 'Changed' : 'Created'} ${sid}.

Set this for your server, with the account's variables:
  TWILIO_VERIFY_SERVICE_SID=${sid}

Next:
  npx verify-passkeys service check ${pages.map((page) => `--origin ${page}`).join(' ')}${repeatBase(address)}
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
