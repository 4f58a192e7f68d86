/** Remembers whose passkey is whose. */
import * as v from 'valibot';
import { fromBytes } from '../contract/bytes.ts';
import { identityPattern } from '../contract/identifier.ts';
import { within } from './deadline.ts';
import type { Tools } from './handler.ts';
import { Refusal } from './refusal.ts';

const Owner = v.object({
  identity: v.pipe(v.string(), v.regex(identityPattern)),
  // Unknown where the owner was learnt from a sign-in of which Verify named the identity alone.
  factorSid: v.optional(v.string()),
  entitySid: v.optional(v.string()),
  // Read at the registration: the model of the authenticator.
  aaguid: v.optional(v.string()),
  // Verify's word alone, which the app has not taken yet: onApproved may refuse it.
  isClaimed: v.optional(v.boolean()),
});

/** The owner of a credential id. */
export type Owner = v.InferOutput<typeof Owner>;

/** Each of these is refused with `storage_unavailable` where the store fails, hangs or answers nonsense. */
export type Memory = {
  /** The owner of a credential id, or undefined where none is remembered. */
  ownerOf(credentialId: string): Promise<Owner | undefined>;
  /** The credential id of a Factor, or undefined where none is remembered. */
  credentialOf(factorSid: string): Promise<string | undefined>;
  /** Refuses where the store does not keep what is written, so that no passkey is made that would be forgotten. */
  demandKeeping(): Promise<void>;
  /**
   * Remembers the owner of a credential id and gives the owner that the store then holds. That is another one where
   * two registrations of one credential id came at once. What is remembered of the same user already is completed.
   */
  remember(credentialId: string, owner: Owner): Promise<Owner>;
  forget(factorSid: string): Promise<void>;
};

export function createMemory({ storage, serviceSid, call }: Tools): Memory {
  const factorKey = (factorSid: string) => `${serviceSid}:factor:${factorSid}`;
  // Hashed, since an id may be longer than the keys that some stores take.
  const credentialKey = async (credentialId: string) => {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(credentialId));
    return `${serviceSid}:credential:${fromBytes(new Uint8Array(hash))}`;
  };
  const aliveKey = `${serviceSid}:alive`;

  function available<T>(operation: () => T): Promise<Awaited<T>> {
    return within(call.left(), async () => await operation()).catch((cause) => {
      throw new Refusal('storage_unavailable', { cause });
    });
  }

  /** Values are texts, since every store keeps a text as it is. */
  const read = (key: string) =>
    available(async () => {
      const value = (await storage.get(key)) ?? undefined;
      if (value === undefined || typeof value === 'string') return value;
      throw new TypeError(`the storage kept a text and gave a ${typeof value}`);
    });

  const write = (key: string, value: string) =>
    available(async () => {
      // Keyv returns false where it failed.
      if ((await storage.set(key, value)) === false) throw new Error('the storage did not keep a value');
    });

  async function readOwner(key: string): Promise<Owner | undefined> {
    const value = await read(key);
    if (value === undefined) return undefined;
    return available(() => {
      const owner: unknown = JSON.parse(value);
      if (v.is(Owner, owner)) return owner;
      throw new TypeError('the storage gave a text that is no owner');
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
        // Some stores find only after a while what they have just kept: that is no failure.
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

/** Tries a second time what failed once, since Verify holds the passkey by then. */
function twice<T>(work: () => Promise<T>): Promise<T> {
  return work().catch(work);
}
