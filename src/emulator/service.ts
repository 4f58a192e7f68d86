/** Lists, reads, creates and updates Services. Each has its own relying party, criteria, Entities and Challenges. */
import { isObject } from '../contract/json.ts';
import { type Criterion, choices, isDomain, maxServiceName } from '../contract/service.ts';
import type { Config, EmulatorStorage } from './config.ts';
import { readPage } from './page.ts';
import { Refusal } from './refusal.ts';
import { createSid, toDate } from './state.ts';

/** The relying party that asks for the passkeys. */
export type RelyingParty = {
  /** A bare domain, without scheme or port: `example.com`. */
  id: string;
  /** The name that authenticators show. */
  name: string;
  /** The origins of its pages, with scheme and port: `https://login.example.com`. They are compared exactly. */
  origins: string[];
};

/** The authenticator criteria, named as on the wire. */
export type Criteria = { [C in Criterion]?: (typeof choices)[C][number] | undefined };

/** A Service as it is stored. */
export type Settings = {
  sid: string;
  friendlyName: string;
  relyingParty: RelyingParty | null;
  criteria: Criteria;
  created: number;
  updated: number;
};

/** A Service in use: its settings, the emulator's settings, and its own part of the storage. */
export type Service = Settings & Omit<Config, 'first'>;

/** Whether a value is one of the values that a criterion takes. */
export const isChoice = <C extends Criterion>(
  criterion: C,
  value: unknown,
): value is (typeof choices)[C][number] => choices[criterion].some((choice) => choice === value);

export async function findService(config: Config, sid: string): Promise<Service> {
  // Only createService and updateService write this key.
  const stored = (await config.storage.get(`service:${sid}`)) as Settings | undefined;
  const settings = stored ?? (sid === config.first.sid ? config.first : undefined);
  if (!settings) throw new Refusal(20404, `The requested resource /Services/${sid} was not found`, 404);
  const { first, ...rest } = config;
  // The first Service has keys without a prefix, so that storage written by older versions can still be read.
  const storage = sid === first.sid ? config.storage : prefix(config.storage, `${sid} `);
  return { ...rest, ...settings, storage };
}

function prefix(storage: EmulatorStorage, before: string): EmulatorStorage {
  return {
    get: (key) => storage.get(before + key),
    set: (key, value) => storage.set(before + key, value),
    delete: (key) => storage.delete(before + key),
  };
}

/** The SIDs of the Services that were created, in this order. A storage cannot list its keys. */
async function readCreated({ storage }: Config): Promise<string[]> {
  // Only createService writes this key.
  return ((await storage.get('services')) as string[] | undefined) ?? [];
}

/** GET Services */
export async function listServices(config: Config, query: URLSearchParams) {
  const sids = [config.first.sid, ...(await readCreated(config))].map((sid) => ({ sid }));
  const { shown, meta } = readPage(sids, query, 'https://verify.twilio.com/v2/Services', 'services');
  const services = await Promise.all(shown.map(({ sid }) => findService(config, sid)));
  return { services: services.map(presentService), meta };
}

/** POST Services */
export async function createService(config: Config, form: URLSearchParams): Promise<unknown> {
  if (!form.get('FriendlyName')) throw new Refusal(60200, 'Invalid parameter: FriendlyName is missing');
  const created = config.now();
  const blank = { friendlyName: '', relyingParty: null, criteria: {} };
  const settings = change({ ...blank, sid: createSid('VA'), created, updated: created }, form);
  await config.storage.set(`service:${settings.sid}`, settings);
  await config.storage.set('services', [...(await readCreated(config)), settings.sid]);
  return presentService(await findService(config, settings.sid));
}

/** POST Services/{sid} */
export async function updateService(config: Config, sid: string, form: URLSearchParams): Promise<unknown> {
  const { friendlyName, relyingParty, criteria, created } = await findService(config, sid);
  const settings = { sid, friendlyName, relyingParty, criteria, created, updated: config.now() };
  await config.storage.set(`service:${sid}`, change(settings, form));
  return presentService(await findService(config, sid));
}

/** The settings with the changes in the form. An empty field removes a setting. */
function change(settings: Settings, form: URLSearchParams): Settings {
  const friendlyName = form.get('FriendlyName') ?? settings.friendlyName;
  if (friendlyName === '' || friendlyName.length > maxServiceName) {
    throw new Refusal(60200, `Invalid parameter: FriendlyName takes 1 to ${maxServiceName} characters`);
  }
  const read = <C extends Criterion>(name: string, criterion: C) => {
    const value = form.get(`Passkeys.${name}`);
    if (value === null) return settings.criteria[criterion];
    if (value === '') return undefined;
    if (isChoice(criterion, value)) return value;
    throw new Refusal(60200, `Invalid parameter: Passkeys.${name} takes ${choices[criterion].join(', ')}`);
  };
  return {
    ...settings,
    friendlyName,
    relyingParty: changeRelyingParty(settings.relyingParty, form),
    criteria: {
      authenticator_attachment: read('AuthenticatorAttachment', 'authenticator_attachment'),
      discoverable_credentials: read('DiscoverableCredentials', 'discoverable_credentials'),
      user_verification: read('UserVerification', 'user_verification'),
    },
  };
}

function changeRelyingParty(before: RelyingParty | null, form: URLSearchParams): RelyingParty | null {
  const read = (member: string) => form.get(`Passkeys.RelyingParty.${member}`);
  const id = read('Id') ?? before?.id ?? '';
  const name = read('Name') ?? before?.name ?? '';
  const sent = read('Origins')
    ?.split(',')
    .map((origin) => origin.trim())
    .filter((origin) => origin !== '');
  const origins = sent ?? before?.origins ?? [];
  if (id === '' && name === '' && origins.length === 0) return null;
  const relyingParty = { id, name, origins };
  demandRelyingParty(relyingParty);
  return relyingParty;
}

export function demandRelyingParty(value: unknown): asserts value is RelyingParty {
  if (isRelyingParty(value)) return;
  const id = isObject(value) ? value.id : undefined;
  if (id !== undefined && id !== '' && !(typeof id === 'string' && isDomain(id))) {
    throw new Refusal(60372, 'Relying party id invalid: expected a bare domain');
  }
  throw new Refusal(60371, 'Relying party invalid or missing');
}

/** The relying party of a Service. Refuses a Service that has none. */
export function relyingPartyOf({ relyingParty }: Service): RelyingParty {
  demandRelyingParty(relyingParty);
  return relyingParty;
}

export function isRelyingParty(value: unknown): value is RelyingParty {
  if (!isObject(value)) return false;
  const { id, name, origins } = value;
  const texts = (list: unknown) =>
    Array.isArray(list) && list.length > 0 && list.every((x) => typeof x === 'string');
  return typeof id === 'string' && isDomain(id) && typeof name === 'string' && name !== '' && texts(origins);
}

/** GET Services/{sid}: the Service with every field that Verify returns. The settings of other channels are null. */
export function presentService(service: Service) {
  const { relyingParty, criteria } = service;
  const { authenticator_attachment, discoverable_credentials, user_verification } = criteria;
  const isSet = relyingParty !== null || Object.values(criteria).some((value) => value !== undefined);
  const url = `https://verify.twilio.com/v2/Services/${service.sid}`;
  return {
    sid: service.sid,
    account_sid: service.accountSid,
    friendly_name: service.friendlyName,
    code_length: 6,
    lookup_enabled: false,
    psd2_enabled: false,
    skip_sms_to_landlines: false,
    dtmf_input_required: true,
    tts_name: null,
    do_not_share_warning_enabled: false,
    custom_code_enabled: false,
    push: null,
    totp: null,
    whatsapp: null,
    passkeys: isSet
      ? {
          relying_party: relyingParty,
          authenticator_attachment: authenticator_attachment ?? null,
          discoverable_credentials: discoverable_credentials ?? null,
          user_verification: user_verification ?? null,
        }
      : null,
    default_template_sid: null,
    verify_event_subscription_enabled: false,
    date_created: toDate(service.created),
    date_updated: toDate(service.updated),
    url,
    links: { entities: `${url}/Entities` },
  };
}
