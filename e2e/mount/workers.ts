import { createRelay } from 'verify-passkeys/relay';

type Secrets = Record<'VERIFY_SERVICE_SID' | 'API_KEY' | 'API_KEY_SECRET' | 'COOKIE_SECRET', string>;
type KV = {
  get(key: string): Promise<string | null>;
  put(key: string, value: string): Promise<void>;
  delete(key: string): Promise<void>;
};

export default {
  fetch(request: Request, env: Secrets & { PASSKEYS: KV }): Promise<Response> {
    const relay = createRelay({
      serviceSid: env.VERIFY_SERVICE_SID,
      apiKey: env.API_KEY,
      apiKeySecret: env.API_KEY_SECRET,
      cookieSecret: env.COOKIE_SECRET,
      identify: () => null, // your session
      storage: {
        get: (key) => env.PASSKEYS.get(key),
        set: (key, value) => env.PASSKEYS.put(key, value),
        delete: (key) => env.PASSKEYS.delete(key),
      },
    });
    return relay(request);
  },
};
