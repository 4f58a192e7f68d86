/** The OpenAPI document in the package describes what the page and the relay really exchange. */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from '../test.ts';

const read = () => JSON.parse(readFileSync('dist/openapi.json', 'utf8'));

/** The forms that the document gives to texts. */
const formats = {
  'date-time': (text: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text)),
  hostname: (text: string) => URL.canParse(`https://${text}`) && new URL(`https://${text}`).hostname === text,
  uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  uri: (text: string) => URL.canParse(text),
};

type Exchange = { method: string; route: string; sent: unknown; status: number; answer: unknown };

/** Returns the parts of an exchange that do not fit the document. */
function judge({ method, route, sent, status, answer }: Exchange): unknown[] {
  const document = read();
  const ajv = new Ajv2020({ allErrors: true, strict: false, formats });
  ajv.addSchema(document, 'openapi');
  const path = route.replace(/YF\w{32}$/, '{sid}');
  const operation = document.paths[path]?.[method];
  if (!operation) return [`${method} ${path} is not in the document`];
  const errors = (schema: string, value: unknown) => {
    const validate = ajv.compile({ $ref: `openapi#/${schema}` });
    return validate(value) ? [] : (validate.errors ?? []);
  };
  const named = operation.responses[status];
  if (!named) return [`${method} ${path} has no answer ${status}`];
  const answered = named.$ref ? `${named.$ref.slice(2)}/content/application~1json/schema` : undefined;
  const escaped = path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
  const bodyOf = (part: string) => `paths/${escaped}/${method}/${part}/content/application~1json/schema`;
  return [
    ...(operation.requestBody ? errors(bodyOf('requestBody'), sent) : []),
    ...errors(answered ?? bodyOf(`responses/${status}`), answer),
  ];
}

test('every call of the page and every answer of the relay fits the document', async ({ page, visit }) => {
  const exchanges: Promise<Exchange>[] = [];
  await visit();
  const record = (received: import('@playwright/test').Response) => {
    const request = received.request();
    const { pathname } = new URL(received.url());
    if (!pathname.startsWith('/passkeys/')) return;
    const json = async () => ({
      method: request.method().toLowerCase(),
      route: pathname.replace('/passkeys', ''),
      sent: request.postDataJSON(),
      status: received.status(),
      answer: await received.json(),
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

test('the document has every query that the page sends: the one of a credential that it completed', async ({
  page,
  visit,
}) => {
  const asked: string[] = [];
  await visit({
    answer: async ({ url }) => {
      asked.push(url);
      return undefined;
    },
  });
  await page.evaluate(async () => {
    for (const name of ['create', 'get'] as const) {
      const native = navigator.credentials[name].bind(navigator.credentials);
      navigator.credentials[name] = async (options: never) =>
        Object.defineProperty((await native(options))!, 'authenticatorAttachment', { value: null });
    }
    await passkeys.register();
    await passkeys.authenticate();
  });
  const sent = asked.map((url) => {
    const { pathname, searchParams } = new URL(url);
    return { path: pathname.replace('/passkeys', ''), queries: [...searchParams] };
  });
  const documented = sent.map(({ path }) => ({
    path,
    queries: (read().paths[path].post.parameters ?? []).map(
      ({ name, schema }: { name: string; schema: { const: string } }) => [name, schema.const],
    ),
  }));
  expect(sent).toEqual(documented);
  expect(sent.flatMap(({ queries }) => queries)).toHaveLength(2);
});
