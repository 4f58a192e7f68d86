/** Reads a file, standard input or an answer up to a limit, so that none of them can fill the memory. */

/** More than any credential, call or list of Services needs. */
export const maxBytes = 1024 * 1024;

/** The bytes, or undefined as soon as there are more than `maxBytes`. */
export async function readBounded(
  source: AsyncIterable<Uint8Array>,
): Promise<Buffer<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of source) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
