/** Decides which issues a body has and in which order, and fixes what needs no guess. Loaded only when it is needed. */

import { type Ceremony, ceremonies, theOther } from '../ceremony.ts';
import { readSid } from '../challenge.ts';
import { readClientData } from '../client-data.ts';
import { type Body, isObject } from '../json.ts';
import { hashOf } from './authenticator-data.ts';
import { type Encoding, readEncoding } from './encoding.ts';
import type { Expected } from './expected.ts';
import type { Finding, Rule } from './finding.ts';
import type { Issue } from './issue.ts';
import { judge } from './judge.ts';
import { findPath, memberAt } from './member.ts';
import { findMistake } from './mistake.ts';
import { quote } from './quote.ts';
import * as sentence from './sentence.ts';
import { kindOf } from './value.ts';

/**
 * The issues of a body, the most telling one first, and the body with everything fixed that needs no guess.
 * `findings` are the broken rules that `judge` found in it; `rules` are their names.
 */
export function explain(
  ceremony: Ceremony,
  body: unknown,
  expected: Expected,
  findings: Finding[],
): { issues: Issue[]; rules: Rule[]; fixed: unknown } {
  const issues: Issue[] = [];
  let fixed = body;
  let left = findings;
  let rounds = 0;
  // Each turn removes a mistake, and a body has about a dozen members. The bound is for objects that change each time
  // they are read.
  for (let turn = 0; turn < 24 && left.length > 0; turn++) {
    const mistake = findMistake(ceremony, fixed);
    if (mistake) {
      issues.push(mistake.issue);
      if (mistake.fixed === undefined) break;
      fixed = mistake.fixed;
    } else {
      // findMistake found nothing, so the body is an object, and so is its response.
      const object = fixed as Body;
      const encodings = left.map((finding) => findEncoding(finding, object));
      issues.push(...explainFindings(left, encodings, ceremony, object));
      left.forEach(({ path }, i) => {
        const meant = encodings[i]?.meant;
        // A copy of an object is an object.
        if (meant !== undefined) fixed = put(fixed as Body, path.split('.'), meant);
      });
      // The bytes can be judged only if every member can be decoded.
      if (encodings.some((encoding) => encoding?.meant === undefined)) break;
      // Nobody encodes four times, and each round over a long text takes time.
      if (++rounds === 3) break;
    }
    left = judge(ceremony, fixed, expected).findings;
  }
  return {
    issues: issues.length > 0 ? issues : [unreadable],
    rules: findings.map(({ rule }) => rule),
    fixed,
  };
}

const toIssue = (path: string, code: number, [message, fix]: sentence.Sentences): Issue => ({
  path,
  code,
  message,
  fix,
});

/** The issue for a value whose getters throw, or that changes between two reads. */
export const unreadable = toIssue('', 60380, sentence.unreadable);

/**
 * What to check after Verify refused a body that was judged fit: one issue if the code is about a credential's
 * member. Returns undefined for any other code.
 */
export function explainRefusal(
  ceremony: Ceremony,
  { origin, rpId }: Expected,
  code: number | string,
): Issue[] | undefined {
  const path = typeof code === 'number' && findPath(ceremony, code);
  return path ? [toIssue(path, code, sentence.refused(path, origin, rpId))] : undefined;
}

const valueAt = (body: unknown, path: string): unknown =>
  path.split('.').reduce((object, name) => (isObject(object) ? object[name] : undefined), body);

/** A copy with another value at a path. */
const put = (object: Body, [name = '', ...rest]: string[], value: unknown): Body => ({
  ...object,
  // The parent is an object, since the member was found in it.
  [name]: rest.length > 0 ? put(object[name] as Body, rest, value) : value,
});

/** How a member that holds bytes was written, if that is what is wrong with it. */
function findEncoding({ rule, path }: Finding, body: unknown): Encoding | undefined {
  if (memberAt(path)?.form !== 'base64url') return undefined;
  const encoding = readEncoding(valueAt(body, path));
  if (rule === 'shape') return encoding;
  // The text is base64url, and what it decodes to is base64url again. A user handle may look like that by chance.
  if (encoding.meant === undefined || !path.includes('.')) return undefined;
  return rule !== 'no entity' || readSid('YE', encoding.meant) ? encoding : undefined;
}

/** One issue for each broken rule, but a single one for all members with the same wrong encoding. */
function explainFindings(
  findings: Finding[],
  encodings: (Encoding | undefined)[],
  ceremony: Ceremony,
  body: Body,
): Issue[] {
  return findings.flatMap((finding, i) => {
    const { path, code } = finding;
    const encoding = encodings[i];
    if (!encoding) return toIssue(path, code, phrase(finding, ceremony, body));
    const { kind, length } = encoding;
    const alike = findings.filter((_, j) => encodings[j]?.kind === kind && encodings[j]?.length === length);
    if (alike[0] !== finding) return [];
    const say = holdNothing.has(kind) ? sentence.lost : sentence.encoded;
    const paths = alike.map((other) => other.path);
    return toIssue(path, code, say(paths, sentence.describe(kind, length)));
  });
}

/** Values that hold no bytes in any encoding. */
const holdNothing = new Set<Encoding['kind']>([
  'missing',
  'null',
  'empty text',
  'text',
  'number',
  'boolean',
  'bigint',
  'symbol',
  'function',
]);

function phrase(finding: Finding, ceremony: Ceremony, body: Body): sentence.Sentences {
  const { rule, path, received = '', expected } = finding;
  if (rule === 'shape') return phraseShape(path, ceremony, body);
  if (rule === 'challenge is no SID') return phraseChallenge(received, ceremony);
  if (rule === 'another relying party') return sentence.wrongParty(findParty(received, body), expected);
  return sentence.rules[rule](finding);
}

function phraseShape(path: string, ceremony: Ceremony, body: Body): sentence.Sentences {
  const value = valueAt(body, path);
  const form = memberAt(path)?.form ?? 'base64url';
  if (typeof form === 'string')
    return sentence.misshapen(path, describe(value), sentence.forms[form](ceremony));
  if ('oneOf' in form) {
    // Options say `any` for "no preference". A credential never does.
    const isWish = path === 'authenticatorAttachment' && value === 'any';
    const say = isWish ? sentence.wishedAttachment : sentence.misshapen;
    return say(path, describe(value), sentence.oneOf(form.oneOf));
  }
  const { listOf } = form;
  const expected = sentence.listOf(listOf);
  if (!Array.isArray(value)) return sentence.misshapen(path, describe(value), expected);
  const stray = value.findIndex((item) =>
    listOf === 'text' ? typeof item !== 'string' : !listOf.includes(item),
  );
  // Every item is known, so the list is too long.
  if (stray < 0) return sentence.misshapen(path, describe(value), expected);
  return sentence.strayItem(path, describe(value[stray]), expected);
}

/** Repeats a short, ordinary word. Names only the kind of anything else, since it may be bytes of the credential. */
function describe(value: unknown): string {
  if (typeof value !== 'string') return sentence.describe(kindOf(value));
  return /^[\w. -]{1,20}$/.test(value) ? quote(value) : sentence.describe(kindOf(value), value.length);
}

function phraseChallenge(challenge: string, ceremony: Ceremony): sentence.Sentences {
  const { sid, resource } = ceremonies[theOther[ceremony]];
  if (readSid(sid, challenge)) {
    return sentence.wrongChallenge(sentence.challenges['of the other ceremony'](resource), ceremony);
  }
  const { meant } = readEncoding(challenge);
  const isTwice = meant !== undefined && readSid(ceremonies[ceremony].sid, meant);
  return sentence.wrongChallenge(sentence.challenges[isTwice ? 'encoded twice' : 'unknown'](), ceremony);
}

/** Finds the relying party id of a hash. A hash cannot be reversed: the page's domain and its parents are tried. */
function findParty(hash: string, { response }: Body): string | undefined {
  const { origin = '' } = (isObject(response) && readClientData(response.clientDataJSON)) || {};
  // A domain has 253 characters at most.
  const labels = origin
    .slice(0, 270)
    .replace(/^\w+:\/\/|:\d+$/g, '')
    .split('.');
  return labels
    .slice(0, 10)
    .map((_, i) => labels.slice(i).join('.'))
    .find((id) => hashOf(id) === hash);
}
