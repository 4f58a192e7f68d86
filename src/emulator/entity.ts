/** An Entity's Factors: listed, read, renamed and deleted. */
import { sidOf } from '../contract/identifier.ts';
import { presentFactor } from './factor.ts';
import { Refusal } from './refusal.ts';
import type { Service } from './service.ts';
import { type Factor, loadEntity, loadFactor, loadFactors, saveFactor } from './state.ts';

/** GET Entities/{identity}/Factors */
export async function listFactors(service: Service, identity: string): Promise<unknown> {
  const entity = await loadEntity(service, identity);
  if (!entity) throw new Refusal(60392, 'Entity not found');
  const factors = (await loadFactors(service, entity)).map((factor) => presentFactor(service, factor));
  const url = `https://verify.twilio.com/v2/Services/${service.sid}/Entities/${identity}/Factors?PageSize=50&Page=0`;
  const meta = {
    page: 0,
    page_size: 50,
    first_page_url: url,
    previous_page_url: null,
    url,
    next_page_url: null,
  };
  return { factors, meta: { ...meta, key: 'factors' } };
}

/** GET Entities/{identity}/Factors/{sid} */
export async function readFactor(service: Service, identity: string, sid: string): Promise<unknown> {
  return presentFactor(service, await findFactor(service, identity, sid));
}

/** POST Entities/{identity}/Factors/{sid} */
export async function renameFactor(service: Service, identity: string, sid: string, form: URLSearchParams) {
  const factor = await findFactor(service, identity, sid);
  const friendlyName = form.get('FriendlyName') ?? factor.friendlyName;
  if (friendlyName === '' || friendlyName.length > 64)
    throw new Refusal(60200, 'FriendlyName takes 1 to 64 characters');
  const renamed = { ...factor, friendlyName, updated: service.now() };
  await saveFactor(service, renamed);
  return presentFactor(service, renamed);
}

/** DELETE Entities/{identity}/Factors/{sid} */
export async function deleteFactor(service: Service, identity: string, sid: string): Promise<undefined> {
  const factor = await findFactor(service, identity, sid);
  const entity = (await loadEntity(service, identity))!;
  await service.storage.set(`entity:${identity}`, {
    ...entity,
    factors: entity.factors.filter((other) => other !== sid),
  });
  if (factor.credential) await service.storage.delete(`credential:${factor.credential.id}`);
  await service.storage.delete(`factor:${sid}`);
}

async function findFactor(service: Service, identity: string, sid: string): Promise<Factor> {
  if (!sidOf('YF').test(sid)) throw new Refusal(60362, 'Factor SID invalid');
  const factor = await loadFactor(service, sid);
  if (!factor || factor.identity !== identity) throw new Refusal(60390, 'Factor not found');
  return factor;
}
