/** The page of the apps that have no bundler: the package's single file. */
import { readFileSync } from 'node:fs';

const html = `<!doctype html><title>Matrix</title><link rel="icon" href="data:,">
<input aria-label="User name" autocomplete="username webauthn">
<script type="module">
  import { createPasskeys } from '/sdk.js';
  globalThis.passkeys = createPasskeys({ baseUrl: '/passkeys' });
</script>`;
const sdk = readFileSync('node_modules/verify-passkeys/dist/verify-passkeys.min.js', 'utf8');

export const page = async (request) =>
  new URL(request.url).pathname === '/sdk.js'
    ? new Response(sdk, { headers: { 'content-type': 'text/javascript' } })
    : new Response(html, { headers: { 'content-type': 'text/html' } });
