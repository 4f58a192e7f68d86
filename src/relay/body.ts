/** Reads a body of JSON, the page's or Verify's, up to a limit. Without a length it is counted as it arrives. */

/** There is nothing to read: no byte was sent, or somebody has read the body already. */
export class NoBody extends Error {}

/** JSON of more members and items than it may have: what reads it, and what judges it, would take long. */
export class TooMany extends Error {}

/** The value; undefined, which is no JSON, where there are more bytes than `most`. Throws on what is no JSON in UTF-8. */
export async function readJson(
  source: Request | Response,
  most: number,
  signal: AbortSignal,
  mostValues = Infinity,
): Promise<unknown> {
  const announced = source.headers.get('content-length') ?? '';
  if (Number(announced) > most) return void source.body?.cancel().catch(() => {});
  // HTTP holds a body to the one length that it announces, which is that before it is unpacked.
  const isBounded = /^\d+$/.test(announced) && !source.headers.has('content-encoding');
  const bytes = await (isBounded ? source.arrayBuffer() : readCounted(source, most, signal)).catch(
    (error) => {
      // Every platform says by a TypeError that a body was read before.
      throw error instanceof TypeError ? new NoBody('the body was read before', { cause: error }) : error;
    },
  );
  if (!bytes || bytes.byteLength > most) return undefined;
  if (bytes.byteLength === 0) throw new NoBody('the body has no bytes');
  if (countValues(new Uint8Array(bytes)) > mostValues) throw new TooMany(`more than ${mostValues} values`);
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/** Members and items of JSON, by its commas and opening brackets; those within a text count too. */
function countValues(bytes: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === 0x2c || byte === 0x5b || byte === 0x7b) count++;
  }
  return count;
}

/** The bytes as they come, undefined as soon as there are too many. */
async function readCounted({ body }: Request | Response, most: number, signal: AbortSignal) {
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
    if (size > most) return leave();
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
