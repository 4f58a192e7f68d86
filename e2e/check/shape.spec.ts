/** The check names each mistake that a page makes with a credential, and says how to fix it. */
import { expect, test } from '@playwright/test';
import { type Change, rename } from '../credential.ts';
import { type Row, tables, toHex, withKeys } from './mistakes.ts';

const toSnake = (name: string) =>
  name.replace('JSON', '_json').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Bodies with several mistakes, and the paths of their issues in order. */
const several: [what: string, change: Change, paths: string[]][] = [
  [
    'a wrapped credential whose rawId is spelled raw_id',
    (body) => ({ credential: rename('rawId', 'raw_id')(body) }),
    ['credential', 'rawId'],
  ],
  [
    'a form with every name in brackets',
    ({ response, ...head }) => ({
      ...withKeys(head, (name) => `credential[${name}]`),
      ...withKeys(response, (name) => `credential[response][${name}]`),
    }),
    ['response', 'credential'],
  ],
  [
    'snake_case everywhere',
    ({ response, ...head }) => ({ ...withKeys(head, toSnake), response: withKeys(response, toSnake) }),
    ['response.clientDataJSON'],
  ],
  [
    'a credential as fido2-net-lib’s page sends it, without an attachment',
    ({ authenticatorAttachment, ...body }) => ({
      ...(rename('response.clientDataJSON', 'clientDataJson')(body) as object),
      extensions: {},
    }),
    ['response.clientDataJSON', 'authenticatorAttachment'],
  ],
];

for (const [name, check, good, rows] of tables) {
  test(`${name} finds nothing wrong with the credential that Chromium made`, () => {
    expect(check(good)).toEqual([]);
  });

  for (const [what, change, code, path, firstWords] of rows) {
    test(`${name} names one mistake: ${what}`, () => {
      const issues = check(change(good));
      const sentence = expect.stringMatching(/^\S.*[^.]\.$/);
      expect(issues).toEqual([{ code, path, message: sentence, fix: sentence }]);
      expect(issues[0]!.message.slice(0, firstWords.length)).toBe(firstWords);
    });
  }

  for (const [what, change, paths] of several) {
    test(`${name} names each mistake in order: ${what}`, () => {
      expect(check(change(good)).map(({ path }) => path)).toEqual(paths);
    });
  }

  test(`${name} repeats no byte of the credential, whatever is wrong`, () => {
    const secrets = [good.id, ...Object.values(good.response)].filter((text) => typeof text === 'string');
    const pieces = secrets
      .flatMap((text) => [text, toHex(text)])
      .flatMap((text) => text.match(/.{12}/g) ?? []);
    const hidden: Row = ['', (body) => ({ [body.id]: body }), 0, '', ''];
    for (const [what, change] of [...rows, hidden]) {
      const said = JSON.stringify(check(change(good)));
      const repeated = pieces.filter((piece) => said.includes(piece));
      expect({ isSilent: said === '[]', repeated }, what).toEqual({ isSilent: false, repeated: [] });
    }
  });
}
