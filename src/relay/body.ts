/** Reads a body of JSON, from either side: 64 KiB at most, and only while the signal lasts. */

const largest = 64 * 1024;

/** The value; undefined, which is no JSON, where there are more than 64 KiB. Throws on what is no JSON in UTF-8. */
export async function readJson(source: Request | Response, signal: AbortSignal): Promise<unknown> {
  const announced = source.headers.get('content-length');
  if (Number(announced) > largest) return void source.body?.cancel().catch(() => {});
  // HTTP holds a body to the length that it announces, which is that before it is unpacked.
  const isBounded = announced !== null && !source.headers.has('content-encoding');
  const bytes = isBounded ? await source.arrayBuffer() : await readCounted(source, signal);
  if (!bytes || bytes.byteLength > largest) return undefined;
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

/** The bytes as they come, undefined as soon as there are too many. */
async function readCounted(source: Request | Response, signal: AbortSignal) {
  const reader = source.body?.getReader();
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
    if (size > largest) return leave();
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
