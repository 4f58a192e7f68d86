/** Reads and deletes Entities, and lists, reads, renames and deletes their Factors. */
import { sidOf } from '../contract/identifier.ts';
import { maxFriendlyName } from '../contract/name.ts';
import { demandIdentity } from './body.ts';
import { presentFactor } from './factor.ts';
import { readPage } from './page.ts';
import { Refusal } from './refusal.ts';
import type { Service } from './service.ts';
import {
  createSid,
  type Entity,
  type Factor,
  loadEntity,
  loadFactor,
  loadFactors,
  saveFactor,
  toDate,
} from './state.ts';

/** GET Entities/{identity}/Factors, without delay. Assumption: list-lag */
export async function listFactors(service: Service, identity: string, query: URLSearchParams) {
  const entity = await findEntity(service, identity);
  const factors = await loadFactors(service, entity);
  const address = `https://verify.twilio.com/v2/Services/${service.sid}/Entities/${identity}/Factors`;
  const { shown, meta } = readPage(factors, query, address, 'factors');
  return { factors: shown.map((factor) => presentFactor(service, factor)), meta };
}

/** GET Entities/{identity}/Factors/{sid} */
export async function readFactor(service: Service, identity: string, sid: string): Promise<unknown> {
  return presentFactor(service, await findFactor(service, identity, sid));
}

/** POST Entities/{identity}/Factors/{sid}. Assumption: rename */
export async function renameFactor(service: Service, identity: string, sid: string, form: URLSearchParams) {
  const factor = await findFactor(service, identity, sid);
  const friendlyName = form.get('FriendlyName') ?? factor.friendlyName;
  if (friendlyName === '' || friendlyName.length > maxFriendlyName)
    throw new Refusal(60200, `FriendlyName takes 1 to ${maxFriendlyName} characters`);
  const renamed = { ...factor, friendlyName, updated: service.now() };
  await saveFactor(service, renamed);
  return presentFactor(service, renamed);
}

/** DELETE Entities/{identity}/Factors/{sid}. Assumption: delete-factor */
export async function deleteFactor(service: Service, identity: string, sid: string): Promise<undefined> {
  const factor = await findFactor(service, identity, sid);
  const entity = await loadEntity(service, identity);
  const factors = entity?.factors.filter((other) => other !== sid);
  if (entity) await service.storage.set(`entity:${identity}`, { ...entity, factors });
  await eraseFactor(service, factor);
}

async function eraseFactor({ storage }: Service, { sid, credential }: Factor): Promise<void> {
  if (credential) await storage.delete(`credential:${credential.id}`);
  await storage.delete(`factor:${sid}`);
}

/** GET Entities/{identity} */
export async function readEntity(service: Service, identity: string): Promise<unknown> {
  const { sid, created } = await findEntity(service, identity);
  const url = `https://verify.twilio.com/v2/Services/${service.sid}/Entities/${identity}`;
  return {
    sid,
    account_sid: service.accountSid,
    service_sid: service.sid,
    identity,
    date_created: toDate(created[0] ?? null),
    date_updated: toDate(created.at(-1) ?? null),
    url,
    links: { factors: `${url}/Factors`, new_factors: `${url}/Factors`, challenges: `${url}/Challenges` },
  };
}

/** DELETE Entities/{identity}: the Entity and its Factors of every type. Assumption: delete-entity */
export async function deleteEntity(service: Service, identity: string): Promise<undefined> {
  const entity = await findEntity(service, identity);
  for (const factor of await loadFactors(service, entity)) await eraseFactor(service, factor);
  await service.storage.delete(`entity:${identity}`);
}

/**
 * POST Entities/{identity}/Factors: a Factor of another type, which stays unverified. It has none of its secrets: it is
 * here because an Entity may have such Factors beside its passkeys.
 */
export async function createOtherFactor(service: Service, identity: string, form: URLSearchParams) {
  demandIdentity(identity);
  const type = form.get('FactorType');
  const friendlyName = form.get('FriendlyName') ?? '';
  if (type !== 'totp' && type !== 'push') throw new Refusal(60369, 'Factor type invalid: totp or push');
  if (friendlyName === '') throw new Refusal(60200, 'Invalid parameter: FriendlyName is missing');
  const now = service.now();
  const entity = (await loadEntity(service, identity)) ?? { sid: createSid('YE'), factors: [], created: [] };
  const factor: Factor = {
    sid: createSid('YF'),
    entitySid: entity.sid,
    identity,
    friendlyName,
    type,
    status: 'unverified',
    created: now,
    updated: now,
    config: { relying_party: { id: '', name: '', origins: [] } },
  };
  await saveFactor(service, factor);
  const changed = { ...entity, factors: [...entity.factors, factor.sid], created: [...entity.created, now] };
  await service.storage.set(`entity:${identity}`, changed);
  return presentFactor(service, factor);
}

/** Assumption: list-without-entity */
async function findEntity(service: Service, identity: string): Promise<Entity> {
  const entity = await loadEntity(service, identity);
  if (!entity) throw new Refusal(60392, 'Entity not found');
  return entity;
}

/** Assumption: deleted-factor */
async function findFactor(service: Service, identity: string, sid: string): Promise<Factor> {
  if (!sidOf('YF').test(sid)) throw new Refusal(60362, 'Factor SID invalid');
  const factor = await loadFactor(service, sid);
  if (!factor || factor.identity !== identity) throw new Refusal(60390, 'Factor not found');
  return factor;
}
