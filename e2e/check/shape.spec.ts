/** The check names each mistake that a page makes with a credential, and its mend. */
import { expect, test } from '@playwright/test';
import { type Row, tables, toHex } from './mistakes.ts';

for (const [name, check, good, rows] of tables) {
  test(`${name} has nothing to say of the credential that Chromium made`, () => {
    expect(check(good)).toEqual([]);
  });

  for (const [what, change, code, path, firstWords] of rows) {
    test(`${name} names one mistake: ${what}`, () => {
      const issues = check(change(good));
      expect(issues).toHaveLength(1);
      expect(issues[0]).toMatchObject({ code, path });
      expect(issues[0]!.message.startsWith(firstWords), issues[0]!.message).toBe(true);
      for (const sentence of [issues[0]!.message, issues[0]!.fix]) expect(sentence).toMatch(/^\S.*[^.]\.$/);
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
      expect(said.length, what).toBeGreaterThan(2);
      expect(
        pieces.filter((piece) => said.includes(piece)),
        what,
      ).toEqual([]);
    }
  });
}
