/** Finds a port for servers that cannot choose a free one themselves. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port that was free a moment ago. It is below the ports that systems give to connections and to servers that ask
 * for any port (from 32768 on Linux, from 49152 elsewhere), so that none of these takes it before it is used.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 1; attempt <= 100; attempt++) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
  throw new Error('None of 100 ports from 20000 to 29999 is free.');
}
