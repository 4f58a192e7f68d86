import { Keyv, type KeyvStoreAdapter } from 'keyv';
import type { RelayStorage } from 'verify-passkeys/relay';

/** `openSql(new KeyvPostgres(process.env.DATABASE_URL))`, with KeyvPostgres from @keyv/postgres. */
export function openSql(store: KeyvStoreAdapter): RelayStorage {
  const storage = new Keyv({ store, throwOnErrors: true });
  storage.on('error', console.error);
  return storage;
}
