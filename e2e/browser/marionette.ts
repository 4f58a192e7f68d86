/** Marionette, the protocol that drives Firefox's virtual authenticator. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Playwright may be connected to Firefox before Firefox has opened Marionette's port. */
async function connectTo(port: number): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return socket;
    } catch (error) {
      if (attempt === 300) throw error;
      await wait(100);
    }
  }
}

export type Send = (command: string, parameters: object) => Promise<unknown>;

/** Frames are `LENGTH:JSON`; a request is `[0, id, command, parameters]`, its answer `[1, id, error, result]`. */
export async function openMarionette(port: number): Promise<Send> {
  const socket = await connectTo(port);
  // Firefox quits when this connection closes, so the worker keeps it open until it ends.
  socket.unref();
  const waiting = new Map<number, (error: unknown, result: { value?: unknown }) => void>();
  let received = Buffer.alloc(0);
  let last = 0;
  socket.on('data', (data) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const colon = received.indexOf(':');
      const end = colon + 1 + Number(received.subarray(0, colon));
      if (colon < 0 || received.length < end) return;
      const message = JSON.parse(received.subarray(colon + 1, end).toString());
      received = received.subarray(end);
      if (Array.isArray(message)) waiting.get(message[1])?.(message[2], message[3]);
    }
  });
  return (command, parameters) =>
    new Promise((resolve, reject) => {
      last += 1;
      waiting.set(last, (error, result) => {
        if (error) reject(new Error(`${command}: ${JSON.stringify(error)}`));
        else resolve(result.value);
      });
      const frame = JSON.stringify([0, last, command, parameters]);
      socket.write(`${Buffer.byteLength(frame)}:${frame}`);
    });
}
