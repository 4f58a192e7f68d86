/** Remembers whose passkey is whose: the only thing by which a sign-in is believed to be somebody's. */
import * as v from 'valibot';
import { fromBytes } from '../contract/bytes.ts';
import type { Settings } from './config.ts';
import { within } from './deadline.ts';
import { Refusal } from './refusal.ts';

const Owner = v.object({ identity: v.string(), factorSid: v.string(), entitySid: v.optional(v.string()) });

/** The owner of a credential id. */
type Owner = v.InferOutput<typeof Owner>;

export type Memory = {
  ownerOf(credentialId: string): Promise<Owner | undefined>;
  credentialOf(factorSid: string): Promise<string | undefined>;
  remember(credentialId: string, owner: Owner): Promise<void>;
  forget(factorSid: string): Promise<void>;
};

export function createMemory({ storage, timeout, serviceSid }: Settings): Memory {
  const factorKey = (factorSid: string) => `${serviceSid}:factor:${factorSid}`;
  // Hashed, since an id may be longer than the keys that some stores take.
  const credentialKey = async (credentialId: string) => {
    const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(credentialId));
    return `${serviceSid}:credential:${fromBytes(new Uint8Array(hash))}`;
  };
  const aliveKey = `${serviceSid}:alive`;

  /** A store that fails, hangs or answers nonsense is unavailable. */
  function available<T>(operation: () => T): Promise<Awaited<T>> {
    return within(timeout, async () => await operation()).catch((cause) => {
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
      // Keyv's way of saying that it failed.
      if ((await storage.set(key, value)) === false) throw new Error('the storage did not keep a value');
    });

  /** Some stores find nothing when they are cut off, and a browser drops a passkey that is unknown here. */
  async function demandAlive(): Promise<undefined> {
    if ((await read(aliveKey)) !== undefined) return;
    await write(aliveKey, 'yes');
    if ((await read(aliveKey)) === undefined) throw new Refusal('storage_unavailable');
  }

  return {
    async ownerOf(credentialId) {
      const value = await read(await credentialKey(credentialId));
      if (value === undefined) return demandAlive();
      return available(() => {
        const owner: unknown = JSON.parse(value);
        if (v.is(Owner, owner)) return owner;
        throw new TypeError('the storage gave a text that is no owner');
      });
    },
    credentialOf: (factorSid) => read(factorKey(factorSid)),
    async remember(credentialId, owner) {
      await write(factorKey(owner.factorSid), credentialId);
      await write(await credentialKey(credentialId), JSON.stringify(owner));
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
