/** Reads the CBOR that authenticators write: definite lengths and no tags, as CTAP2's canonical form demands. */

export type Cbor = number | bigint | string | boolean | null | undefined | Uint8Array | Cbor[] | CborMap;
export type CborMap = Map<Cbor, Cbor>;

/** Authenticators may nest 4 levels (CTAP 2.1, section 8); this leaves room and bounds the recursion. */
const deepest = 16;

/** Reads the item at `at` and says where the next one begins; throws RangeError on anything that is no such CBOR. */
export function readCbor(bytes: Uint8Array, at = 0, depth = 0): [item: Cbor, next: number] {
  const initial = bytes[at];
  if (initial === undefined || depth > deepest) throw new RangeError('CBOR ends early or nests too deep');
  const major = initial >> 5;
  const [argument, next] = readArgument(bytes, at, initial & 31);
  const length = Number(argument);
  switch (major) {
    case 0:
      return [argument, next];
    case 1:
      return [typeof argument === 'bigint' ? -1n - argument : -1 - argument, next];
    case 2:
    case 3: {
      const end = next + length;
      if (end > bytes.length) throw new RangeError('CBOR string runs past the end');
      const content = bytes.slice(next, end);
      return [major === 2 ? content : new TextDecoder('utf-8', { fatal: true }).decode(content), end];
    }
    case 4:
    case 5: {
      const items: Cbor[] = [];
      let after = next;
      for (let left = major === 4 ? length : 2 * length; left > 0; left--) {
        const [item, following] = readCbor(bytes, after, depth + 1);
        items.push(item);
        after = following;
      }
      return [major === 4 ? items : toMap(items), after];
    }
    case 7:
      if (initial === 0xf4 || initial === 0xf5) return [initial === 0xf5, next];
      if (initial === 0xf6) return [null, next];
      if (initial === 0xf7) return [undefined, next];
      break;
  }
  throw new RangeError('CBOR item that authenticators do not write');
}

/** https://www.rfc-editor.org/rfc/rfc8949#section-3 */
function readArgument(
  bytes: Uint8Array,
  at: number,
  info: number,
): [argument: number | bigint, next: number] {
  if (info < 24) return [info, at + 1];
  const size = 1 << (info - 24);
  if (info > 27 || at + 1 + size > bytes.length) throw new RangeError('CBOR length is cut or indefinite');
  const view = new DataView(bytes.buffer, bytes.byteOffset + at + 1, size);
  if (size === 1) return [view.getUint8(0), at + 2];
  if (size === 2) return [view.getUint16(0), at + 3];
  if (size === 4) return [view.getUint32(0), at + 5];
  return [view.getBigUint64(0), at + 9];
}

function toMap(items: Cbor[]): CborMap {
  const map: CborMap = new Map();
  for (let i = 0; i < items.length; i += 2) {
    if (map.has(items[i])) throw new RangeError('CBOR map names a key twice');
    map.set(items[i], items[i + 1]);
  }
  return map;
}
