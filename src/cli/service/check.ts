/** `service check`: lists everything in a Service, and in a running relay, that makes a page's ceremonies fail. */
import { parseArgs } from 'node:util';
import { isObject } from '../../contract/json.ts';
import { isWeb } from '../../contract/origin.ts';
import { type PrintableIssue, printIssues, printJson, printLines } from '../print.ts';
import { base, demandOrigin, origin } from './arguments.ts';
import { fetchJson, NoAnswer } from './fetch-json.ts';
import { findIdFlaw, isUnder, judgeDiscoverable, judgeService, type ServiceAnswer } from './issues.ts';
import { checkRelay } from './relay.ts';
import { type Suggestion, suggestUpdate } from './suggest.ts';
import { callServices, readAccount, readServiceSid } from './verify.ts';

export async function check(args: string[]): Promise<number> {
  const options = {
    base,
    origin,
    relay: { type: 'string' },
    'user-name-first': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  } as const;
  const { base: address, origin: pages, relay, json, ...values } = parseArgs({ args, options }).values;
  if (pages.length === 0) throw new Error('expected --origin with the origin of the page');
  for (const page of pages) demandOrigin(page);
  if (relay !== undefined && !(URL.canParse(relay) && /^https?:$/.test(new URL(relay).protocol))) {
    throw new Error('expected --relay with an address such as https://login.example.com/passkeys');
  }
  const account = readAccount(process.env, address);
  const answer = await callServices(account, `/${readServiceSid(process.env)}`);
  const id = 'service' in answer ? answer.service.passkeys?.relying_party?.id : undefined;
  const judged =
    'issue' in answer
      ? { issues: [answer.issue] }
      : await judge(answer.service, pages, { isUserNameFirst: values['user-name-first'], base: address });
  const issues: PrintableIssue[] = json ? withCure(judged) : judged.issues;
  if (relay !== undefined) {
    for (const page of pages) {
      if (isWeb(page)) issues.push(...(await checkRelay(relay, page, id)));
    }
  }
  if (json) process.stdout.write(printJson(issues));
  else process.stdout.write(issues.length > 0 ? printIssues(issues) + sayCure(judged) : sayFit(pages));
  return issues.length === 0 ? 0 : 1;
}

/** The issues of a Service, and the one command that cures these of them. */
type Verdict = { issues: PrintableIssue[]; cure?: { suggestion: Suggestion; cured: PrintableIssue[] } };

async function judge(
  service: ServiceAnswer,
  pages: string[],
  wishes: { isUserNameFirst: boolean; base: string | undefined },
): Promise<Verdict> {
  const id = service.passkeys?.relying_party?.id;
  const others = pages.filter((page) => isWeb(page) && id && !isUnder(id, page));
  const related = id && !findIdFlaw(id) && others.length > 0 ? await readRelated(id) : [];
  const judgeAll = (settings: ServiceAnswer) => [
    ...judgeService(settings, pages, related),
    ...(wishes.isUserNameFirst ? [] : judgeDiscoverable(settings)),
  ];
  const issues = judgeAll(service);
  const suggestion = suggestUpdate(service, pages, { related, ...wishes });
  if (!suggestion) return { issues };
  // What the same judgement no longer finds afterwards is cured.
  const left = judgeAll(suggestion.after).map(({ message }) => message);
  const cured = issues.filter(({ message }) => !left.includes(message));
  return cured.length === 0 ? { issues } : { issues, cure: { suggestion, cured } };
}

/** The issues for a program: each that the command cures has it in its fix. */
const withCure = ({ issues, cure }: Verdict): PrintableIssue[] =>
  issues.map((issue) =>
    cure?.suggestion.isPlain && cure.cured.includes(issue)
      ? { ...issue, fix: `${issue.fix} ${cure.suggestion.command}` }
      : issue,
  );

function sayCure({ issues, cure }: Verdict): string {
  if (!cure) return '';
  const { suggestion, cured } = cure;
  const count = cured.length === issues.length ? 'all of this' : `${cured.length} of these ${issues.length}`;
  if (suggestion.isPlain)
    return `\nOne command sets ${count} right:\n${printLines([`  ${suggestion.command}`])}`;
  const { id, origins = [] } = suggestion.after.passkeys?.relying_party ?? {};
  return printLines([
    '',
    `service update sets ${count} right. No command is shown, since a shell would read some of these characters.`,
    `  relying party id: ${id}`,
    ...origins.map((listed) => `  origin: ${listed}`),
  ]);
}

/** The origins that a domain allows to use it as their relying party id. https://www.w3.org/TR/webauthn-3/#sctn-related-origins */
async function readRelated(id: string): Promise<string[]> {
  try {
    const { status, headers, body } = await fetchJson(`https://${id}/.well-known/webauthn`, {
      redirect: 'follow',
    });
    const isJson = /^application\/json\s*(;|$)/i.test(headers.get('content-type') ?? '');
    const origins = isObject(body) ? body.origins : undefined;
    if (status !== 200 || !isJson || !Array.isArray(origins)) return [];
    return origins.filter((each) => typeof each === 'string');
  } catch (error) {
    if (error instanceof NoAnswer) return [];
    throw error;
  }
}

const sayFit = (pages: string[]) => `Fit for ${pages.join(', ')}.

An identity means one person in the whole Service. If two apps, or staging and production, share the Service and
have an identity in common, one app signs in the other's user. Give each app its own Service.
`;
