/** The guide's table says with which codes each method can reject. Here each is seen, and no other. */
import { readFileSync } from 'node:fs';
import type { PasskeyErrorCode } from 'verify-passkeys';
import { expect, test } from '../test.ts';
import { split } from './split.ts';

/** The codes that the table claims, by method. */
function readTable(): Record<string, string[]> {
  const guide = readFileSync('demo/guides/errors.md', 'utf8');
  const [, section = ''] = guide.split('### Which method rejects with which code\n');
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').slice(1, -1));
  const columns = head.map((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
  const claimed: Record<string, string[]> = {};
  for (const row of rows.filter(({ length }) => length === head.length)) {
    row.forEach((cell, i) => {
      for (const method of columns[i]!) {
        claimed[method] ??= [];
        if (cell.trim() === 'yes') claimed[method].push(row[0]!.replace(/[` ]/g, ''));
      }
    });
  }
  return claimed;
}

/** A way to fail for each code: what the page lacks, what the browser throws or what the relay answers. */
const causes: Record<PasskeyErrorCode, () => void> = {
  unsupported: () => Object.defineProperty(globalThis, 'PublicKeyCredential', { value: undefined }),
  insecure_context: () => Object.defineProperty(globalThis, 'isSecureContext', { value: false }),
  not_permitted: () => {
    const features = ['publickey-credentials-create', 'publickey-credentials-get'];
    const value = { features: () => features, allowsFeature: () => false };
    Object.defineProperty(document, 'featurePolicy', { value });
  },
  aborted: () => {
    drive.signal = AbortSignal.abort();
  },
  cancelled: () => drive.browserThrows('NotAllowedError'),
  timed_out: () => {
    drive.timeout = 100;
    drive.answer = () => new Promise(() => {});
    drive.prompt = () => new Promise(() => {});
  },
  already_registered: () => drive.browserThrows('InvalidStateError'),
  no_credential: () => {
    drive.prompt = async () => null;
  },
  wrong_relying_party: () => drive.browserThrows('SecurityError'),
  authenticator_failed: () => drive.browserThrows('UnknownError'),
  invalid_options: () => {
    drive.answer = async () => Response.json({});
    drive.challenge = '?';
  },
  invalid_credential: () => {
    drive.prompt = async () => ({ response: {} });
  },
  not_signed_in: () => {
    drive.answer = async () => new Response('', { status: 401 });
  },
  // A refusal that no other pick of a passkey can cure.
  rejected: () => {
    drive.answer = async () => Response.json({ code: 'forbidden_origin', message: 'No' }, { status: 403 });
  },
  rate_limited: () => {
    drive.answer = async () => new Response('', { status: 429 });
  },
  unreachable: () => {
    drive.answer = async () => {
      throw new TypeError('Failed to fetch');
    };
  },
  invalid_response: () => {
    drive.answer = async () => new Response('<h1>Hello</h1>');
  },
};

declare global {
  /** What the page of this spec does in place of the relay and the browser. Without a stand-in they do it themselves. */
  var drive: {
    answer?: () => Promise<Response>;
    prompt?: () => Promise<unknown>;
    signal?: AbortSignal;
    timeout: number;
    challenge: string;
    browserThrows: (name: string) => void;
  };
}

function createDrive(): void {
  globalThis.drive = {
    timeout: 10_000,
    challenge: 'AAAA',
    browserThrows: (name) => {
      drive.prompt = async () => {
        throw new DOMException('thrown by the test', name);
      };
    },
  };
  const { fetch } = globalThis;
  globalThis.fetch = (...call) => drive.answer?.() ?? fetch(...call);
  Object.assign(PublicKeyCredential, {
    getClientCapabilities: async () => ({ conditionalCreate: true, conditionalGet: true }),
  });
  const { credentials } = navigator;
  for (const name of ['create', 'get'] as const) {
    const native = credentials[name].bind(credentials) as (options?: object) => Promise<Credential | null>;
    // A stand-in answers with no more than the methods read.
    credentials[name] = (options?: object) =>
      (drive.prompt?.() as Promise<Credential | null> | undefined) ?? native(options);
  }
}

/** Calls every method, and resolves with the code that each rejects with. */
async function callAll(): Promise<[method: string, code: string | undefined][]> {
  const { signal, timeout, challenge } = drive;
  const ours = sdk.createPasskeys({ baseUrl: '/passkeys', timeout });
  const user = { id: 'AAAA', name: 'ada', displayName: 'Ada' };
  const pubKeyCredParams = [{ type: 'public-key', alg: -7 }];
  const options = { challenge, rp: { name: 'Test' }, user, pubKeyCredParams, timeout };
  const sid = `YF${'0'.repeat(32)}`;

  /** The field goes on offering after a failure: that is told to onFailure, or seen by a second prompt. */
  const autofill = async () => {
    const goesOn = new AbortController();
    const { prompt } = drive;
    let prompts = 0;
    if (prompt) {
      drive.prompt = () => {
        if (++prompts === 2) goesOn.abort();
        return prompt();
      };
    }
    const both = signal ? AbortSignal.any([signal, goesOn.signal]) : goesOn.signal;
    try {
      await ours.autofill({ signal: both, onFailure: () => goesOn.abort() });
    } catch (error) {
      if (!goesOn.signal.aborted) throw error;
    } finally {
      if (prompt) drive.prompt = prompt;
    }
  };

  const ended: [string, string | undefined][] = [];
  const call = async <T>(method: string, run: () => Promise<T>) => {
    const result = await run().then(
      (value) => ({ value }),
      (error: unknown) => ({ code: sdk.isPasskeyError(error) ? error.code : `${error}` }),
    );
    ended.push([method, 'code' in result ? result.code : undefined]);
    return 'value' in result ? result.value : undefined;
  };
  await call('register', () => ours.register({ signal }));
  await call('authenticate', () => ours.authenticate({ signal }));
  await call('autofill', autofill);
  await call('upgrade', () => ours.upgrade({ signal }));
  const registration = await call('prepareRegister', () => ours.prepareRegister({ signal }));
  if (registration) await call('register', registration.run);
  const signIn = await call('prepareAuthenticate', () => ours.prepareAuthenticate({ signal }));
  if (signIn) await call('authenticate', signIn.run);
  await call('list', () => ours.list());
  await call('rename', () => ours.rename(sid, 'Laptop'));
  await call('remove', () => ours.remove(sid));
  await call('createCredential', () => sdk.createCredential(options, { signal }));
  await call('getCredential', () => sdk.getCredential(options, { signal }));
  return ended;
}

test("each method rejects with the codes in the guide's table, and with no others", async ({
  page,
  visit,
}) => {
  const { origin } = await visit();
  const seen: Record<string, Set<string>> = {};
  for (const [cause, prepare] of Object.entries(causes)) {
    await page.goto(origin);
    // Late parts are gone too if the network is.
    if (cause === 'unreachable') await split(page, (route) => route.abort());
    await page.evaluate(createDrive);
    await page.evaluate(prepare);
    for (const [method, code] of await page.evaluate(callAll)) {
      seen[method] ??= new Set();
      if (code) seen[method].add(code);
    }
  }
  const sorted = (codes: Iterable<string>) => [...codes].sort();
  const entries = Object.entries(seen).map(([method, codes]) => [method, sorted(codes)]);
  const claimed = Object.entries(readTable()).map(([method, codes]) => [method, sorted(codes)]);
  expect(Object.fromEntries(entries)).toEqual(Object.fromEntries(claimed));
});
