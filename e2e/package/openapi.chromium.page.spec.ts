/** The OpenAPI document in the package describes what the page and the relay really exchange. */
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from '../test.ts';

const read = () => JSON.parse(readFileSync('dist/openapi.json', 'utf8'));

type Exchange = { method: string; route: string; sent: unknown; status: number; answer: unknown };

/** Returns the parts of an exchange that do not fit the document. */
function judge({ method, route, sent, status, answer }: Exchange): unknown[] {
  const document = read();
  const ajv = new Ajv2020({ allErrors: true, strict: false });
  ajv.addSchema(document, 'openapi');
  const path = route.replace(/YF\w{32}$/, '{sid}');
  const operation = document.paths[path]?.[method];
  if (!operation) return [`${method} ${path} is not in the document`];
  const errors = (part: string, value: unknown) => {
    const escaped = path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
    const schema = `openapi#/paths/${escaped}/${method}/${part}/content/application~1json/schema`;
    const validate = ajv.compile({ $ref: schema });
    return validate(value) ? [] : (validate.errors ?? []);
  };
  const known = operation.responses[status] ? status : 'default';
  return [
    ...(operation.requestBody ? errors('requestBody', sent) : []),
    ...errors(`responses/${known}`, answer),
  ];
}

test('the document is OpenAPI 3.1', async () => {
  const result = await new Validator().validate(read());
  expect(result).toMatchObject({ valid: true });
  expect(read().openapi).toBe('3.1.0');
});

test('every call of the page and every answer of the relay fits the document', async ({ page, visit }) => {
  const exchanges: Promise<Exchange>[] = [];
  await visit();
  const record = (response: import('@playwright/test').Response) => {
    const request = response.request();
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/passkeys/')) return;
    const json = async () => ({
      method: request.method().toLowerCase(),
      route: pathname.replace('/passkeys', ''),
      sent: request.postDataJSON(),
      status: response.status(),
      answer: await response.json(),
    });
    exchanges.push(json());
  };
  page.on('response', record);
  await page.evaluate(async () => {
    await passkeys.register({ friendlyName: 'Laptop' });
    await passkeys.authenticate();
    const [passkey] = await passkeys.list();
    await passkeys.rename(passkey!.sid, 'Key ring');
    await passkeys.remove(passkey!.sid);
    await outcome(passkeys.rename(passkey!.sid, 'Gone'));
  });
  // Playwright may report an answer after the page has read it.
  await expect.poll(() => exchanges.length).toBe(8);
  page.off('response', record);
  const all = await Promise.all(exchanges);
  expect(
    all.map(({ method, route, status }) => `${method} ${route.replace(/YF\w{32}/, 'YF')} ${status}`),
  ).toEqual(
    expect.arrayContaining([
      'post /Factors 201',
      'post /VerifyFactor 200',
      'post /Challenges 201',
      'post /ApproveChallenge 200',
      'get /Factors 200',
      'post /Factors/YF 200',
      'delete /Factors/YF 200',
      'post /Factors/YF 404',
    ]),
  );
  for (const exchange of all) expect(judge(exchange), JSON.stringify(exchange)).toEqual([]);
  // The document is strict: bodies with missing members or members of another form do not fit it.
  const finish = all.find(({ route }) => route === '/VerifyFactor')!;
  const { response, ...rest } = finish.sent as { response: object };
  expect(judge({ ...finish, sent: { ...rest, ...response } })).not.toEqual([]);
  expect(judge({ ...finish, sent: { ...rest, response, rawId: 'AB=' } })).not.toEqual([]);
  expect(judge({ ...finish, answer: { sid: 'YF1', status: 'verified' } })).not.toEqual([]);
});
