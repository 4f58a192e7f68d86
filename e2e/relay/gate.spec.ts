/** The relay accepts only known routes, from allowed pages, with JSON of limited size. */
import { expect, test } from '@playwright/test';
import { page } from '../software-authenticator.ts';
import { ada, openBrowser, refused, setUp } from './stage.ts';

const routes = ['Factors', 'VerifyFactor', 'Challenges', 'ApproveChallenge'];

for (const [what, origin] of [
  ['without an Origin', undefined],
  ['from a foreign Origin', 'https://evil.example'],
  ['from the Origin "null"', 'null'],
  ['from a subdomain', 'https://evil.login.example.com'],
  ['from the same host on another port', 'https://login.example.com:8443'],
  ['from the same host over http', 'http://login.example.com'],
  ['with two Origins', 'https://login.example.com, https://evil.example'],
] as const) {
  test(`a POST ${what} is refused with 403 forbidden_origin and does not reach Verify`, async () => {
    const stage = setUp();
    const browser = openBrowser(stage, ada);
    for (const route of [...routes, `Factors/YF${'1'.repeat(32)}`]) {
      expect(await browser.post(route, {}, { origin })).toMatchObject(refused(403, 'forbidden_origin'));
    }
    expect(stage.upstream).toEqual([]);
  });
}

test('with origins set, only the listed origins may call and read the answer', async () => {
  const stage = setUp({ relay: { origins: ['https://www.example.com'] } });
  const browser = openBrowser(stage, ada);
  expect(await browser.post('Challenges', {})).toMatchObject(refused(403, 'forbidden_origin'));
  const answer = await browser.post('Challenges', {}, { origin: 'https://www.example.com' });
  expect(answer.status).toBe(201);
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://www.example.com');
  expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
  // Without it a page on another origin does not see how long to wait.
  expect(answer.headers.get('access-control-expose-headers')).toBe('retry-after');
  // A cache must not give this answer to a page of another origin.
  expect(answer.headers.get('vary')).toBe('origin');
  const foreign = await browser.post('Challenges', {}, { origin: 'https://evil.example' });
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
});

test('a preflight is answered for a listed origin and refused for others', async () => {
  const stage = setUp({ relay: { origins: ['https://www.example.com'] } });
  const ask = (origin: string, wanted?: string) =>
    openBrowser(stage).send('OPTIONS', 'Factors', undefined, {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': wanted,
    });
  for (const [wanted, allowed] of [
    ['content-type,x-session', 'content-type,x-session'],
    [undefined, 'content-type'],
  ]) {
    const answer = await ask('https://www.example.com', wanted);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toBe(allowed);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST, DELETE');
  }
  expect(await ask('https://evil.example')).toMatchObject(refused(403, 'forbidden_origin'));
  expect(stage.upstream).toEqual([]);
  // Only an OPTIONS is a preflight.
  const headers = { origin: 'https://www.example.com', 'access-control-request-method': 'POST' };
  expect((await openBrowser(stage).post('Challenges', {}, headers)).status).toBe(201);
});

test('a GET without Origin is answered only for a page on the same origin', async () => {
  const browser = openBrowser(setUp(), ada);
  const get = (site?: string) =>
    browser.send('GET', 'Factors', undefined, { origin: undefined, 'sec-fetch-site': site });
  expect((await get('same-origin')).status).toBe(200);
  for (const site of [undefined, 'none', 'same-site', 'cross-site']) {
    expect(await get(site)).toMatchObject(refused(403, 'forbidden_origin'));
  }
});

test('no header but Origin lets in the POST or DELETE of a page', async () => {
  const stage = setUp();
  const browser = openBrowser(stage, ada);
  const { sid } = await browser.register();
  const sent = stage.upstream.length;
  for (const said of [{ 'sec-fetch-site': 'same-origin' }, { referer: `${page.origin}/` }]) {
    const headers = { origin: undefined, ...said };
    for (const answer of [
      await browser.post('Challenges', {}, headers),
      await browser.send('DELETE', `Factors/${sid}`, undefined, headers),
    ]) {
      expect(answer).toMatchObject(refused(403, 'forbidden_origin'));
    }
  }
  expect(stage.upstream).toHaveLength(sent);
});

for (const type of [
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  // A form may send this across origins without asking.
  'text/plain; application/json',
  'application/json; charset=utf-16',
  'application/json; charset=utf-8; charset=utf-7',
  'application/json, text/plain',
  'application/jsonp',
  'application/json-patch+json',
  '',
]) {
  test(`a body of type "${type}" is refused with 415 not_json`, async () => {
    const stage = setUp();
    const browser = openBrowser(stage, ada);
    for (const route of routes) {
      expect(await browser.post(route, '{}', { 'content-type': type })).toMatchObject(
        refused(415, 'not_json'),
      );
    }
    expect(stage.upstream).toEqual([]);
  });
}

for (const type of [
  'application/json',
  'Application/JSON;charset=UTF-8',
  'application/json; charset="utf-8"',
]) {
  test(`a body of type ${type} is accepted`, async () => {
    expect((await openBrowser(setUp()).post('Challenges', '{}', { 'content-type': type })).status).toBe(201);
  });
}

const stream = (chunks: Uint8Array[]) =>
  new ReadableStream({
    pull(controller) {
      const chunk = chunks.shift();
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });

test('a body of 64 KiB is read, and one byte more is refused with 413 body_too_large', async () => {
  const browser = openBrowser(setUp(), ada);
  const body = (size: number) => `{"friendly_name":"Laptop"${' '.repeat(size - 26)}}`;
  expect(body(65_536)).toHaveLength(65_536);
  for (const headers of [{}, { 'content-length': '65536' }]) {
    expect((await browser.post('Factors', body(65_536), headers)).status).toBe(201);
  }
  expect(await browser.post('Factors', body(65_537))).toMatchObject(refused(413, 'body_too_large'));
});

test('a body without Content-Length is counted as it arrives', async () => {
  const browser = openBrowser(setUp(), ada);
  const kilobytes = (count: number) => stream(Array.from({ length: count }, () => Buffer.alloc(1024, ' ')));
  expect(await browser.post('Factors', kilobytes(65))).toMatchObject(refused(413, 'body_too_large'));
  expect(await browser.post('Factors', kilobytes(64))).toMatchObject(refused(400, 60306));
});

test('a body that never stops is read up to 64 KiB', async () => {
  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream({
    pull: (controller) => {
      pulled++;
      controller.enqueue(Buffer.alloc(1024, ' '));
    },
    cancel: () => {
      cancelled = true;
      throw new Error('a stream that cannot be cancelled');
    },
  });
  expect(await openBrowser(setUp(), ada).post('Factors', endless)).toMatchObject(
    refused(413, 'body_too_large'),
  );
  expect(cancelled).toBe(true);
  expect(pulled).toBeLessThan(70);
});

const strangers: Record<string, Record<string, unknown>> = {
  Factors: refused(401, 'not_signed_in'),
  Challenges: { status: 201 },
  [`Factors/YF${'1'.repeat(32)}`]: refused(401, 'not_signed_in'),
  VerifyFactor: refused(409, 'no_ceremony_cookie'),
  ApproveChallenge: refused(409, 'no_ceremony_cookie'),
};

for (const [route, answer] of Object.entries(strangers)) {
  test(`${route.replace(/YF.*/, '{sid}')}: the body of a browser that nobody signed in and that began no ceremony is not read`, async () => {
    let pulled = 0;
    const body = new ReadableStream(
      {
        pull: (controller) => {
          pulled++;
          controller.enqueue(Buffer.from('['));
        },
      },
      { highWaterMark: 0 },
    );
    expect(await openBrowser(setUp()).post(route, body)).toMatchObject(answer);
    expect(pulled).toBe(0);
  });
}

for (const route of ['VerifyFactor', 'ApproveChallenge']) {
  test(`${route}: a body with more values or longer client data than any credential is not checked`, async () => {
    const browser = openBrowser(setUp(), ada);
    await browser.begin('Challenges');
    for (const body of [
      `[${'0,'.repeat(500)}0]`,
      `${'['.repeat(600)}${']'.repeat(600)}`,
      `${'{"a":'.repeat(600)}0${'}'.repeat(600)}`,
      `{"response":{"transports":[${'"usb",'.repeat(600)}"usb"]}}`,
    ]) {
      const answer = await browser.post(route, body);
      expect(answer).toMatchObject(refused(400, 60306));
      expect(answer.body.message).toContain('500');
      expect(answer.body.issues).toMatchObject([{ fix: expect.stringContaining('Send the credential') }]);
    }
    const { body: most } = await browser.post(route, `[${'0,'.repeat(499)}0]`);
    expect(most.message).not.toContain('500');
    const response = { clientDataJSON: 'A'.repeat(8193), attestationObject: 'AAAA' };
    const long = await browser.post(route, { id: 'AAAA', rawId: 'AAAA', response });
    expect(long).toMatchObject(refused(400, 60380));
    expect(long.body.message).toContain('8193 characters');
    const path = 'response.clientDataJSON';
    const { message } = long.body;
    expect(long.body.issues).toEqual([
      { path, code: 60380, message, fix: `Send ${path} as the browser gave it.` },
    ]);
    const longest = { ...response, clientDataJSON: 'A'.repeat(8192) };
    const { body } = await browser.post(route, { id: 'AAAA', rawId: 'AAAA', response: longest });
    expect(body.message).not.toContain('8192 characters');
  });
}

test('a body longer than 64 KiB, or longer than its Content-Length, is refused with 413', async () => {
  const browser = openBrowser(setUp(), ada);
  const kilobytes = (count: number) => stream(Array.from({ length: count }, () => Buffer.alloc(1024, ' ')));
  const stubborn = new ReadableStream({ cancel: () => Promise.reject(new Error('it cannot be cancelled')) });
  const announced = await browser.post('Factors', stubborn, { 'content-length': '65537' });
  expect(announced).toMatchObject(refused(413, 'body_too_large'));
  const lying = await browser.post('Factors', kilobytes(65), { 'content-length': '2' });
  expect(lying).toMatchObject(refused(413, 'body_too_large'));
});

test('a body with two lengths is counted as it arrives', async () => {
  let pulled = 0;
  const long = new ReadableStream({
    pull: (controller) => {
      controller.enqueue(Buffer.alloc(1024, ' '));
      if (++pulled === 1000) controller.close();
    },
  });
  const answer = await openBrowser(setUp(), ada).post('Factors', long, { 'content-length': '9999, 9999' });
  expect(answer).toMatchObject(refused(413, 'body_too_large'));
  expect(pulled).toBeLessThan(70);
});

test('a body shorter than its Content-Length is refused after the timeout', async () => {
  const stage = setUp({ relay: { timeout: 500 } });
  const short = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) });
  const answer = await openBrowser(stage, ada).post('Factors', short, { 'content-length': '2' });
  expect(answer).toMatchObject(refused(400, 60306));
  expect(answer.body.issues).toMatchObject([
    { message: expect.stringContaining('in time'), fix: expect.stringMatching(/^Send .* whole/) },
  ]);
  expect(stage.upstream).toEqual([]);
});

test('a body that never ends is refused after the timeout and no longer read', async () => {
  let cancelled = false;
  const endless = new ReadableStream({
    start: (controller) => controller.enqueue(Buffer.from('{')),
    cancel: () => {
      cancelled = true;
    },
  });
  const stage = setUp({ relay: { timeout: 500 } });
  expect(await openBrowser(stage, ada).post('Factors', endless)).toMatchObject(refused(400, 60306));
  expect(cancelled).toBe(true);
  expect(stage.upstream).toEqual([]);
});

test('an empty body, or one that was read before, is refused with a hint at what may have read it', async () => {
  const causes: unknown[] = [];
  const { relay } = setUp({ relay: { onRefused: ({ cause }) => void causes.push(cause) } });
  const headers = { origin: page.origin, 'content-type': 'application/json', cookie: `session=${ada}` };
  const read = new Request(`${page.origin}/passkeys/Factors`, { method: 'POST', headers, body: '{}' });
  await read.text();
  const empty = new Request(read.url, { method: 'POST', headers });
  for (const request of [read, empty]) {
    const { code, message } = (await (await relay(request)).json()) as Record<string, unknown>;
    expect(code).toBe(60306);
    expect(message).toContain('a body parser');
  }
  // The log also gets the platform's own error.
  expect(causes).toMatchObject([{ cause: { name: 'TypeError' } }, { message: 'the body has no bytes' }]);
});

test('a body whose connection breaks is refused', async () => {
  const broken = new ReadableStream({
    pull: (controller) => controller.error(new Error('connection reset')),
  });
  expect(await openBrowser(setUp(), ada).post('Factors', broken)).toMatchObject(refused(400, 60306));
});

for (const [what, body] of [
  ['empty', ''],
  ['cut JSON', '{"friendly_name":'],
  ['two values', '{}{}'],
  ['JSON with a comment', '{}//'],
  ['a form', 'friendly_name=x'],
]) {
  test(`a body that is ${what} is refused with 60306`, async () => {
    const browser = openBrowser(setUp(), ada);
    // The body of a finishing call is read only if the browser began a ceremony.
    await browser.begin('Challenges');
    const issues = [{ path: '', code: 60306, message: expect.any(String), fix: expect.any(String) }];
    for (const route of routes.filter((each) => each !== 'Challenges')) {
      expect(await browser.post(route, body)).toMatchObject({ status: 400, body: { code: 60306, issues } });
    }
  });
}

test('JSON that is not UTF-8 is refused with 60306', async () => {
  const latin = stream([Buffer.from('{"friendly_name":"\xe9"}', 'latin1')]);
  expect(await openBrowser(setUp(), ada).post('Factors', latin)).toMatchObject(refused(400, 60306));
});

test('a character split between two chunks is read correctly', async () => {
  const stage = setUp();
  const bytes = Buffer.from('{"friendly_name":"é"}');
  const at = bytes.indexOf(0xc3) + 1;
  const answer = await openBrowser(stage, ada).post(
    'Factors',
    stream([bytes.subarray(0, at), bytes.subarray(at)]),
  );
  expect(answer.body.friendly_name).toBe('é');
});

test('with duplicate keys the last value counts, and only that value is sent to Verify', async () => {
  const stage = setUp();
  await openBrowser(stage, ada).post('Factors', '{"friendly_name":"first","friendly_name":"second"}');
  expect(stage.upstream[0]?.body).toBe(JSON.stringify({ friendly_name: 'second', identity: ada }));
});

test('__proto__, constructor and other unknown members of a body are not sent and change nothing', async () => {
  const stage = setUp();
  const body = `{"__proto__":{"friendly_name":"hacked","identity":"hacked-hacked"},"constructor":{"prototype":{"x":1}}}`;
  await openBrowser(stage, ada).post('Factors', body);
  expect(JSON.parse(stage.upstream[0]!.body)).toEqual({ friendly_name: ada, identity: ada });
  expect(({} as Record<string, unknown>).friendly_name).toBeUndefined();
});

for (const friendly_name of ['', 'x'.repeat(65), 7, null, ['x'], {}]) {
  test(`friendly_name ${JSON.stringify(friendly_name).slice(0, 12)} is refused with 60388`, async () => {
    const stage = setUp();
    const browser = openBrowser(stage, ada);
    const issues = [{ path: 'friendly_name', code: 60388 }];
    for (const route of ['Factors', `Factors/YF${'1'.repeat(32)}`]) {
      const answer = await browser.post(route, { friendly_name });
      expect(answer).toMatchObject({ status: 400, body: { code: 60388, issues } });
    }
    expect(stage.upstream).toEqual([]);
  });
}

for (const path of [
  '',
  'factors',
  'Factors//',
  'Factors%2F',
  'x%2FFactors',
  'Factors%2f..%2fServices',
  'Challenges/..',
  'Challenges/%2e%2e/',
  'Factors/YF1',
  `Factors/YC${'1'.repeat(32)}`,
  `Factors/YF${'1'.repeat(32)}//`,
  `Factors/YF${'1'.repeat(32)}%2F..%2F..`,
  `Factors/YF${'1'.repeat(32)}?x=/Factors`,
  'Entities',
  'Services',
  '%46actors',
  'Factors;x',
  '__proto__',
  'constructor',
]) {
  test(`POST /passkeys/${path} reaches only the known routes`, async () => {
    const stage = setUp();
    const { status, body } = await openBrowser(stage, ada).post(path, {});
    if (path.includes('?')) expect({ status, body }).toMatchObject(refused(400, 60388));
    else expect({ status, body }).toMatchObject(refused(404, 'not_found'));
    expect(stage.upstream).toEqual([]);
  });
}

test('whatever the address of the call is, Verify is called at the fixed address of its Service', async () => {
  const stage = setUp();
  for (const path of ['x/../Challenges', 'a//b/Challenges?Service=VA1#x', '%2e%2e/%2e%2e/Challenges']) {
    expect((await openBrowser(stage).post(path, {})).status).toBe(201);
  }
  expect(stage.upstream.map(({ path }) => path)).toEqual(
    Array(3).fill(`/v2/Services/VA${'1'.repeat(32)}/Passkeys/Challenges`),
  );
});

test('another method is refused with 405 and the methods that the route accepts', async () => {
  const browser = openBrowser(setUp(), ada);
  const factor = `Factors/YF${'1'.repeat(32)}`;
  for (const [method, route, allow] of [
    ['PUT', 'Factors', 'POST, GET'],
    ['HEAD', 'Factors', 'POST, GET'],
    ['GET', 'VerifyFactor', 'POST'],
    ['DELETE', 'ApproveChallenge', 'POST'],
    ['OPTIONS', 'Challenges', 'POST'],
    ['GET', factor, 'POST, DELETE'],
    ['PATCH', factor, 'POST, DELETE'],
  ] as const) {
    const answer = await browser.send(method, route);
    expect(answer).toMatchObject(refused(405, 'method_not_allowed'));
    expect(answer.headers.get('allow')).toBe(allow);
  }
});

test('no header of the page reaches Verify, and no header of Verify reaches the page', async () => {
  const stage = setUp({
    verify: async (_, emulate) => {
      const response = await emulate();
      response.headers.set('set-cookie', 'upstream=1');
      response.headers.set('x-powered-by', 'twilio');
      response.headers.set('location', 'https://evil.example');
      return response;
    },
  });
  const answer = await openBrowser(stage, ada).post(
    'Challenges',
    {},
    {
      authorization: 'Bearer of-the-page',
      'x-forwarded-for': '1.2.3.4',
      'x-twilio-signature': 'x',
      'x-http-method-override': 'DELETE',
      'transfer-encoding': 'chunked',
      host: 'evil.example',
      forwarded: 'for=evil',
    },
  );
  expect(answer.status).toBe(201);
  expect(Object.keys(stage.upstream[0]!.headers).sort()).toEqual(['accept', 'authorization', 'content-type']);
  expect(stage.upstream[0]!.headers.authorization).toMatch(/^Basic /);
  expect(answer.headers.getSetCookie().join()).not.toContain('upstream');
  expect([...answer.headers.keys()].sort()).toEqual(['cache-control', 'content-type', 'set-cookie']);
});

test('every answer has cache-control: no-store', async () => {
  const browser = openBrowser(setUp(), ada);
  for (const answer of [await browser.post('Factors', {}), await browser.post('nowhere', {})]) {
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toBe('application/json');
  }
});
