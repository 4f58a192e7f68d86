/**
 * Remembers the owners of passkeys in the app's store, under these keys:
 *
 *     SERVICE_SID:credential:SHA-256 of the credential id, base64url   the owner, as JSON
 *     SERVICE_SID:factor:FACTOR_SID                                    the credential id of that passkey
 *     SERVICE_SID:newest:IDENTITY                                      the user's newest registration, as JSON
 *     SERVICE_SID:known:IDENTITY                                       the Factors of the others, and when each was noted
 *     SERVICE_SID:alive                                                'yes', to see whether the store keeps a value
 *
 * The value of a passkey is `{ identity, factorSid?, entitySid?, aaguid?, isClaimed?, isRefused? }`.
 */
import * as v from 'valibot';
import { fromBytes } from '../contract/bytes.ts';
import { identityPattern } from '../contract/identifier.ts';
import type { Settings } from './config.ts';
import { type Deadline, within } from './deadline.ts';
import { Refusal } from './refusal.ts';

const Owner = v.object({
  identity: v.pipe(v.string(), v.regex(identityPattern)),
  // Unknown if the owner was learned from a sign-in in which Verify named only the identity.
  factorSid: v.optional(v.string()),
  entitySid: v.optional(v.string()),
  // The model of the authenticator, read at the registration.
  aaguid: v.optional(v.string()),
  // KnownFactors from Verify only and not accepted by the app yet: onApproved may refuse it.
  isClaimed: v.optional(v.boolean()),
  // Refused by the app, and not deleted at Verify yet.
  isRefused: v.optional(v.boolean()),
});

/** The owner of a credential id. */
export type Owner = v.InferOutput<typeof Owner>;

const Newest = v.object({ at: v.number(), factorSid: v.optional(v.string()) });

/**
 * The newest registration of a user, and when it was sent to Verify, in milliseconds since 1970. Without a SID none is
 * known, and none was missed since.
 */
export type Newest = v.InferOutput<typeof Newest>;

const KnownFactors = v.record(v.string(), v.number());

/** The Factors of a user that are not the newest, and when each was noted, in milliseconds since 1970. */
export type KnownFactors = v.InferOutput<typeof KnownFactors>;

/** How many Factors of a user are noted: more than Verify keeps for one. */
const maxKnown = 500;

/** Each method refuses with `storage_unavailable` if the store fails, hangs or returns invalid data. */
export type Owners = {
  /** The owner of a credential id, or undefined if none is remembered. */
  findOwner(credentialId: string): Promise<Owner | undefined>;
  /** The credential id of a Factor, or undefined if none is remembered. */
  findCredentialId(factorSid: string): Promise<string | undefined>;
  /** Refuses if the store does not keep what is written, so that no passkey is created and then forgotten. */
  demandDurable(): Promise<void>;
  /**
   * Remembers the owner of a credential id and returns the owner that the store then has. That is another owner if two
   * registrations of the same credential id came at once. What is already remembered for the same user is completed.
   */
  remember(credentialId: string, owner: Owner): Promise<Owner>;
  /** The newest registration of a user, or undefined if the store remembers none that can be read. */
  findNewest(identity: string): Promise<Newest | undefined>;
  /** Replaces the newest registration of a user. */
  setNewest(identity: string, newest: Newest | undefined): Promise<void>;
  /** The other passkeys of a user, as far as the store knows them. */
  findKnown(identity: string): Promise<KnownFactors>;
  /** Replaces the other passkeys of a user. */
  setKnown(identity: string, known: KnownFactors): Promise<void>;
  /** Removes the owner of a credential id if the app has not accepted it. */
  unclaim(credentialId: string, owner: Owner): Promise<void>;
  /** Marks a passkey that the app refused, so that it cannot sign in while Verify still has it. */
  markRefused(credentialId: string, owner: Owner): Promise<void>;
  /** Removes a Factor and the owner of its credential id. */
  forget(factorSid: string): Promise<void>;
};

export function createOwners(
  { storage, serviceSid }: Pick<Settings, 'storage' | 'serviceSid'>,
  deadline: Deadline,
): Owners {
  const factorKey = (factorSid: string) => `${serviceSid}:factor:${factorSid}`;
  // Hashed, since an id may be longer than the keys that some stores allow.
  const credentialKey = async (credentialId: string) => {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(credentialId));
    return `${serviceSid}:credential:${fromBytes(new Uint8Array(hash))}`;
  };
  const newestKey = (identity: string) => `${serviceSid}:newest:${identity}`;
  const knownKey = (identity: string) => `${serviceSid}:known:${identity}`;
  const aliveKey = `${serviceSid}:alive`;

  function orUnavailable<T>(operation: () => T): Promise<Awaited<T>> {
    return within(deadline.left(), async () => await operation()).catch((cause) => {
      throw new Refusal('storage_unavailable', { cause });
    });
  }

  /** Values are texts, since every store keeps a text unchanged. */
  const read = (key: string) =>
    orUnavailable(async () => {
      const value = (await storage.get(key)) ?? undefined;
      if (value === undefined || typeof value === 'string') return value;
      throw new TypeError(`the storage returned a ${typeof value}, not a text`);
    });

  const write = (key: string, value: string) =>
    orUnavailable(async () => {
      // Keyv returns false if it failed.
      if ((await storage.set(key, value)) === false) throw new Error('the storage did not keep a value');
    });

  const erase = (key: string) => orUnavailable(() => storage.delete(key));

  async function readOwner(key: string): Promise<Owner | undefined> {
    const value = await read(key);
    if (value === undefined) return undefined;
    return orUnavailable(() => {
      const owner: unknown = JSON.parse(value);
      if (v.is(Owner, owner)) return owner;
      throw new TypeError('the storage returned a malformed owner');
    });
  }

  return {
    findOwner: async (credentialId) => readOwner(await credentialKey(credentialId)),
    findCredentialId: (factorSid) => read(factorKey(factorSid)),
    async demandDurable() {
      if ((await read(aliveKey)) !== undefined) return;
      await write(aliveKey, 'yes');
      if ((await read(aliveKey)) === undefined) throw new Refusal('storage_unavailable');
    },
    async remember(credentialId, owner) {
      const key = await credentialKey(credentialId);
      const keep = async () => {
        await write(key, JSON.stringify(owner));
        // Some stores find a new value only after a while. That is not a failure.
        return (await readOwner(key)) ?? owner;
      };
      // A sign-in finds the owner by this key, so it is written first.
      const before = await retryOnce(() => readOwner(key));
      const { identity, factorSid } = owner;
      const isTheirs = before?.identity === identity;
      const completes =
        isTheirs && !before.isRefused && (before.isClaimed || (!before.factorSid && factorSid));
      const holder = before && !completes ? before : await retryOnce(keep);
      if (factorSid && factorSid === holder.factorSid) {
        await retryOnce(() => write(factorKey(factorSid), credentialId));
      }
      return holder;
    },
    async findNewest(identity) {
      const value = await read(newestKey(identity));
      const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), Newest), value);
      return success ? output : undefined;
    },
    async setNewest(identity, newest) {
      const key = newestKey(identity);
      if (newest) await retryOnce(() => write(key, JSON.stringify(newest)));
      else await erase(key);
    },
    async findKnown(identity) {
      const value = await read(knownKey(identity));
      const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), KnownFactors), value);
      return success ? output : {};
    },
    async setKnown(identity, known) {
      const key = knownKey(identity);
      const newest = Object.entries(known).slice(-maxKnown);
      if (newest.length > 0) await write(key, JSON.stringify(Object.fromEntries(newest)));
      else await erase(key);
    },
    async unclaim(credentialId, { factorSid }) {
      const key = await credentialKey(credentialId);
      // Another sign-in may have been accepted meanwhile.
      if (!(await readOwner(key))?.isClaimed) return;
      await erase(key);
      if (factorSid) await erase(factorKey(factorSid));
    },
    async markRefused(credentialId, owner) {
      const key = await credentialKey(credentialId);
      await retryOnce(() => write(key, JSON.stringify({ ...owner, isRefused: true })));
    },
    async forget(factorSid) {
      // The key of the Factor leads to the other one, so it goes last: if this fails half way, it can be repeated.
      const credentialId = await read(factorKey(factorSid));
      if (credentialId !== undefined) await erase(await credentialKey(credentialId));
      await erase(factorKey(factorSid));
    },
  };
}

/** Tries again after one failure, since Verify already has the passkey. */
function retryOnce<T>(work: () => Promise<T>): Promise<T> {
  return work().catch(work);
}
