/**
 * Reads a JSON body from the page or from Verify, up to a limit. Without a Content-Length, bytes are counted as they
 * arrive.
 */

import { isThrown } from '../contract/thrown.ts';
import { TimedOut } from './deadline.ts';
import { type Refusal, refuseBody } from './refusal.ts';

/** The body is empty, or has been read already. */
class NoBody extends Error {}

/** The JSON has too many members and items: parsing and checking it would take too long. */
class TooMany extends Error {}

/** Returns the value, or undefined if there are more than `maxBytes` bytes. Throws if the body is not JSON in UTF-8. */
export async function readJson(
  source: Request | Response,
  maxBytes: number,
  signal: AbortSignal,
  maxValues?: number,
): Promise<unknown> {
  const announced = source.headers.get('content-length') ?? '';
  if (Number(announced) > maxBytes) return void source.body?.cancel().catch(() => {});
  // HTTP ensures that a body has the length in Content-Length, which is its length before decompression.
  const isBounded = /^\d+$/.test(announced) && !source.headers.has('content-encoding');
  const bytes = await (isBounded ? source.arrayBuffer() : readCounted(source, maxBytes, signal)).catch(
    (error) => {
      // Every platform throws a TypeError if the body was read before.
      throw isThrown(error, TypeError) ? new NoBody('the body was read before', { cause: error }) : error;
    },
  );
  if (!bytes || bytes.byteLength > maxBytes) return undefined;
  if (bytes.byteLength === 0) throw new NoBody('the body has no bytes');
  if (maxValues !== undefined && countValues(new Uint8Array(bytes)) > maxValues)
    throw new TooMany(`more than ${maxValues} values`);
  return JSON.parse(utf8.decode(bytes));
}

const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true });

/** Estimates the members and items of JSON by counting commas and opening brackets, those inside strings included. */
function countValues(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count++;
  }
  return count;
}

/** Reads the bytes as they arrive. Returns undefined as soon as there are too many. */
async function readCounted({ body }: Request | Response, maxBytes: number, signal: AbortSignal) {
  const reader = body?.getReader();
  const leave = () => void reader?.cancel().catch(() => {});
  signal.addEventListener('abort', leave);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { value } = (await reader?.read()) ?? {};
    signal.throwIfAborted();
    if (!value) break;
    chunks.push(value);
    size += value.length;
    if (size > maxBytes) return leave();
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Refuses a body that `readJson` could not read. */
export function refuseUnreadable(cause: unknown): Refusal {
  const [message, fix] = isThrown(cause, NoBody)
    ? [
        'The body is empty, or something in front of the relay, such as a body parser, has read it.',
        'Mount the relay in front of the body parser, or give it new Request(url, { method, headers, body: JSON.stringify(parsed) }).',
      ]
    : isThrown(cause, TimedOut)
      ? ['The body did not arrive whole and in time.', 'Send what JSON.stringify makes, whole.']
      : isThrown(cause, TooMany)
        ? [
            'The body has more than 500 members and items; a credential has about twenty.',
            'Send the credential that the browser gave, and nothing else.',
          ]
        : [
            'The body is not JSON in UTF-8, or did not arrive whole.',
            'Send what JSON.stringify makes, whole.',
          ];
  // The error of JSON.parse quotes the body, which may hold a credential.
  const isQuote = isThrown(cause, SyntaxError);
  return refuseBody([{ path: '', code: 60306, message, fix }], isQuote ? undefined : cause);
}
