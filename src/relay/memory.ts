/** Remembers whose passkey is whose: the only thing by which a sign-in is believed to be somebody's. */
import * as v from 'valibot';
import type { Settings } from './config.ts';
import { Refusal } from './refusal.ts';

const Owner = v.object({ identity: v.string(), factorSid: v.string(), entitySid: v.optional(v.string()) });

/** The owner of a credential id. */
export type Owner = v.InferOutput<typeof Owner>;

export type Memory = {
  ownerOf(credentialId: string): Promise<Owner | undefined>;
  credentialOf(factorSid: string): Promise<string | undefined>;
  remember(credentialId: string, owner: Owner): Promise<void>;
  forget(factorSid: string): Promise<void>;
};

export function createMemory({ storage, timeout }: Settings): Memory {
  const credentialKey = (credentialId: string) => `passkey:credential:${credentialId}`;
  const factorKey = (factorSid: string) => `passkey:factor:${factorSid}`;

  /** A store that fails or hangs is unavailable: its silence is never taken for "unknown". */
  async function available<T>(operation: () => T): Promise<Awaited<T>> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`storage did not answer within ${timeout} ms`)), timeout);
    });
    try {
      return await Promise.race([operation(), late]);
    } catch (cause) {
      throw new Refusal('storage_unavailable', { cause });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Values are texts, since every store keeps a text as it is. */
  async function read(key: string): Promise<string | undefined> {
    const value = await available(() => storage.get(key));
    return typeof value === 'string' ? value : undefined;
  }

  return {
    async ownerOf(credentialId) {
      const value = await read(credentialKey(credentialId));
      return value === undefined ? undefined : v.parse(Owner, JSON.parse(value));
    },
    credentialOf: (factorSid) => read(factorKey(factorSid)),
    async remember(credentialId, owner) {
      await available(() => storage.set(factorKey(owner.factorSid), credentialId));
      await available(() => storage.set(credentialKey(credentialId), JSON.stringify(owner)));
    },
    async forget(factorSid) {
      const credentialId = await read(factorKey(factorSid));
      if (credentialId !== undefined) await available(() => storage.delete(credentialKey(credentialId)));
      await available(() => storage.delete(factorKey(factorSid)));
    },
  };
}
