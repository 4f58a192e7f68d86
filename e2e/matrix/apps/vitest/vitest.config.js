import { getRequestListener } from '@hono/node-server';
import { playwright } from '@vitest/browser-playwright';
import { addAuthenticator } from 'verify-passkeys/playwright';
import { defineConfig } from 'vitest/config';
import { relay, session } from './relay.mjs';

const listen = (handler) => getRequestListener(handler, { overrideGlobalObjects: false });

const passkeys = {
  name: 'passkeys',
  configureServer({ middlewares }) {
    middlewares.use((incoming, outgoing, next) => {
      if (incoming.url.startsWith('/passkeys/')) return listen(relay)(incoming, outgoing);
      return incoming.url === '/session' ? listen(session)(incoming, outgoing) : next();
    });
  },
};

const executablePath = process.env.CHROMIUM_PATH;

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'node', include: ['relay.test.js'] } },
      {
        plugins: [passkeys],
        test: {
          name: 'browser',
          api: { port: Number(process.env.PORT), strictPort: true },
          include: ['page.test.js'],
          browser: {
            enabled: true,
            headless: true,
            provider: playwright({ launchOptions: { executablePath, args: ['--no-sandbox'] } }),
            instances: [{ browser: 'chromium' }],
            commands: { plugIn: async ({ context }) => void (await addAuthenticator(context)) },
          },
        },
      },
    ],
  },
});
