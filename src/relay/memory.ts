/** Remembers the owners of passkeys. */
import * as v from 'valibot';
import { fromBytes } from '../contract/bytes.ts';
import { identityPattern } from '../contract/identifier.ts';
import { within } from './deadline.ts';
import type { Tools } from './handler.ts';
import { Refusal } from './refusal.ts';

const Owner = v.object({
  identity: v.pipe(v.string(), v.regex(identityPattern)),
  // Unknown if the owner was learned from a sign-in in which Verify named only the identity.
  factorSid: v.optional(v.string()),
  entitySid: v.optional(v.string()),
  // The model of the authenticator, read at the registration.
  aaguid: v.optional(v.string()),
  // Known from Verify only and not accepted by the app yet: onApproved may refuse it.
  isClaimed: v.optional(v.boolean()),
});

/** The owner of a credential id. */
export type Owner = v.InferOutput<typeof Owner>;

const Newest = v.object({ at: v.number(), factorSid: v.optional(v.string()) });

/**
 * The newest registration of a user, and when it was sent to Verify, in milliseconds since 1970. Without a SID none is
 * known, and none was missed since.
 */
export type Newest = v.InferOutput<typeof Newest>;

/** Each method refuses with `storage_unavailable` if the store fails, hangs or returns invalid data. */
export type Memory = {
  /** The owner of a credential id, or undefined if none is remembered. */
  ownerOf(credentialId: string): Promise<Owner | undefined>;
  /** The credential id of a Factor, or undefined if none is remembered. */
  credentialOf(factorSid: string): Promise<string | undefined>;
  /** Refuses if the store does not keep what is written, so that no passkey is created and then forgotten. */
  demandKeeping(): Promise<void>;
  /**
   * Remembers the owner of a credential id and returns the owner that the store then has. That is another owner if two
   * registrations of the same credential id came at once. What is already remembered for the same user is completed.
   */
  remember(credentialId: string, owner: Owner): Promise<Owner>;
  /** The newest registration of a user, or undefined if the store remembers none that can be read. */
  newestOf(identity: string): Promise<Newest | undefined>;
  /** Replaces the newest registration of a user. */
  setNewest(identity: string, newest: Newest | undefined): Promise<void>;
  /** Removes a Factor and the owner of its credential id. */
  forget(factorSid: string): Promise<void>;
};

export function createMemory({ storage, serviceSid, call }: Tools): Memory {
  const factorKey = (factorSid: string) => `${serviceSid}:factor:${factorSid}`;
  // Hashed, since an id may be longer than the keys that some stores allow.
  const credentialKey = async (credentialId: string) => {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(credentialId));
    return `${serviceSid}:credential:${fromBytes(new Uint8Array(hash))}`;
  };
  const newestKey = (identity: string) => `${serviceSid}:newest:${identity}`;
  const aliveKey = `${serviceSid}:alive`;

  function available<T>(operation: () => T): Promise<Awaited<T>> {
    return within(call.left(), async () => await operation()).catch((cause) => {
      throw new Refusal('storage_unavailable', { cause });
    });
  }

  /** Values are texts, since every store keeps a text unchanged. */
  const read = (key: string) =>
    available(async () => {
      const value = (await storage.get(key)) ?? undefined;
      if (value === undefined || typeof value === 'string') return value;
      throw new TypeError(`the storage returned a ${typeof value}, not a text`);
    });

  const write = (key: string, value: string) =>
    available(async () => {
      // Keyv returns false if it failed.
      if ((await storage.set(key, value)) === false) throw new Error('the storage did not keep a value');
    });

  async function readOwner(key: string): Promise<Owner | undefined> {
    const value = await read(key);
    if (value === undefined) return undefined;
    return available(() => {
      const owner: unknown = JSON.parse(value);
      if (v.is(Owner, owner)) return owner;
      throw new TypeError('the storage returned a malformed owner');
    });
  }

  return {
    ownerOf: async (credentialId) => readOwner(await credentialKey(credentialId)),
    credentialOf: (factorSid) => read(factorKey(factorSid)),
    async demandKeeping() {
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
      const before = await twice(() => readOwner(key));
      const { identity, factorSid } = owner;
      const isTheirs = before?.identity === identity;
      const completes = isTheirs && (before.isClaimed || (!before.factorSid && factorSid));
      const holder = before && !completes ? before : await twice(keep);
      if (factorSid && factorSid === holder.factorSid) {
        await twice(() => write(factorKey(factorSid), credentialId));
      }
      return holder;
    },
    async newestOf(identity) {
      const value = await read(newestKey(identity));
      const { success, output } = v.safeParse(v.pipe(v.string(), v.parseJson(), Newest), value);
      return success ? output : undefined;
    },
    async setNewest(identity, newest) {
      const key = newestKey(identity);
      if (newest) await twice(() => write(key, JSON.stringify(newest)));
      else await available(() => storage.delete(key));
    },
    async forget(factorSid) {
      const credentialId = await read(factorKey(factorSid));
      if (credentialId !== undefined) {
        const key = await credentialKey(credentialId);
        await available(() => storage.delete(key));
      }
      await available(() => storage.delete(factorKey(factorSid)));
    },
  };
}

/** Tries again after one failure, since Verify already has the passkey. */
function twice<T>(work: () => Promise<T>): Promise<T> {
  return work().catch(work);
}
