/** A plain static host that serves the built demo. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

export type Host = { url: string; stop(): Promise<void> };

/** Serves dist-demo under a path. */
export async function startHost(path = '/some/place/'): Promise<Host> {
  const server = createServer(async ({ url = '' }, response) => {
    const asked = new URL(url, 'http://localhost').pathname;
    const name = asked.slice(path.length) || 'index.html';
    const body = asked.startsWith(path) ? await readFile(join('dist-demo', name)).catch(() => null) : null;
    response.writeHead(body ? 200 : 404, { 'content-type': types[extname(name)] ?? 'text/plain' });
    response.end(body);
  }).listen(0, 'localhost');
  await once(server, 'listening');
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}${path}`,
    async stop() {
      server.closeAllConnections();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
};
