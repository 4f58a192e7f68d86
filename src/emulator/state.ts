/** The emulator's stored state: Entities, their Factors, and Challenges. */
import type { Criteria, RelyingParty, Service } from './service.ts';

/**
 * A stored Factor: of a passkey unless it has another `type`. It has a `credential` once it is verified, and `approved`
 * once it has approved a Challenge.
 */
export type Factor = {
  sid: string;
  entitySid: string;
  identity: string;
  friendlyName: string;
  type?: 'totp' | 'push';
  status: 'unverified' | 'verified';
  created: number;
  updated: number;
  config: Criteria & { relying_party: RelyingParty };
  credential?: { id: string; publicKey: string; counter: number; transports: string[]; aaguid?: string };
  approved?: number;
};

/** A stored Entity: its Factors, and when each was created, for the limit of Factors in a day. */
export type Entity = { sid: string; factors: string[]; created: number[] };

/** A stored Challenge. A discoverable one has no identity, even after it is approved. */
export type Challenge = {
  sid: string;
  identity: string;
  entitySid: string;
  factorSid: string;
  status: 'pending' | 'approved';
  created: number;
  responded: number | null;
  allowed: { id: string; transports: string[] }[];
  userVerification: string;
};

export const day = 86_400_000;

type StoredValues = { factor: Factor; entity: Entity; challenge: Challenge; credential: string };

async function load<K extends keyof StoredValues>({ storage }: Service, kind: K, id: string) {
  // Only the emulator writes these keys.
  return (await storage.get(`${kind}:${id}`)) as StoredValues[K] | undefined;
}

export const loadFactor = async (service: Service, sid: string): Promise<Factor | undefined> => {
  const factor = await load(service, 'factor', sid);
  // Verify removes an unverified Factor after 1 to 24 hours.
  const gone = factor?.status === 'unverified' && service.now() - factor.created > day;
  return gone ? undefined : factor;
};

export const saveFactor = (service: Service, factor: Factor) =>
  service.storage.set(`factor:${factor.sid}`, factor);

export const loadEntity = (service: Service, identity: string) => load(service, 'entity', identity);

export async function loadFactors(service: Service, { factors }: Entity): Promise<Factor[]> {
  const loaded = await Promise.all(factors.map((sid) => loadFactor(service, sid)));
  return loaded.filter((factor) => factor !== undefined);
}

export const loadChallenge = (service: Service, sid: string) => load(service, 'challenge', sid);

export const saveChallenge = (service: Service, challenge: Challenge) =>
  service.storage.set(`challenge:${challenge.sid}`, challenge);

/** The SID of the Factor that a passkey belongs to. */
export const findOwner = (service: Service, credentialId: string) =>
  load(service, 'credential', credentialId);

export function createSid(letters: 'VA' | 'YF' | 'YC' | 'YE'): string {
  return letters + crypto.randomUUID().replace(/-/g, '');
}

/** The time in ISO 8601, or null if there is none. */
export const toDate = (time: number | null) => (time === null ? null : new Date(time).toISOString());
