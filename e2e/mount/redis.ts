import { createClient, createKeyv } from '@keyv/redis';
import type { RelayStorage } from 'verify-passkeys/relay';

export async function openRedis(url: string): Promise<RelayStorage> {
  // Cut off, it must say so at once, and not wait in a queue or seem to know nobody.
  const client = createClient({ url, disableOfflineQueue: true });
  await client.on('error', console.error).connect();
  const storage = createKeyv(client, { throwOnErrors: true });
  storage.on('error', console.error);
  return storage;
}
