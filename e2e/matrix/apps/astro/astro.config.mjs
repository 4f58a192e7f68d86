import node from '@astrojs/node';

export default {
  output: 'server',
  adapter: node({ mode: 'standalone' }),
  // Without this setting Astro answers a DELETE, which has no body, with 403.
  security: { allowedDomains: [{ hostname: 'localhost' }] },
};
