/** Reads a body of at most 64 KiB, from either side. */

const largest = 64 * 1024;

/** The bytes; undefined where there are more than 64 KiB. */
export async function readBytes(source: Request | Response): Promise<Uint8Array | undefined> {
  if (Number(source.headers.get('content-length')) > largest) {
    await source.body?.cancel();
    return undefined;
  }
  const bytes = new Uint8Array(largest);
  const reader = source.body?.getReader();
  let size = 0;
  while (reader) {
    const { done, value } = await reader.read();
    if (done) break;
    if (size + value.length > largest) {
      await reader.cancel();
      return undefined;
    }
    bytes.set(value, size);
    size += value.length;
  }
  return bytes.subarray(0, size);
}
