/** Reads the CBOR that authenticators write. CTAP2's canonical form has definite lengths and no tags. */

export type Cbor = number | string | boolean | null | undefined | Uint8Array | Cbor[] | CborMap;
export type CborMap = Map<Cbor, Cbor>;

/** Authenticators may nest 4 levels (CTAP 2.1, section 8); this leaves room and bounds the recursion. */
const maxDepth = 16;

/** A packed attestation with a chain of certificates has about 30 items; this leaves room and bounds the time. */
const maxItems = 1000;

/** https://www.rfc-editor.org/rfc/rfc8949#section-3.3 */
const simple = new Map<number, Cbor>([
  [20, false],
  [21, true],
  [22, null],
  [23, undefined],
]);

// A TextDecoder drops a byte order mark by default. Two texts would then be the same key of a map.
const utf8 = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads the item at `start` and returns it with the index of the next one. Throws RangeError or TypeError if the bytes are not CBOR
 * in canonical form, or have too many levels or items. https://www.rfc-editor.org/rfc/rfc8949#section-3
 */
export function readCbor(bytes: Uint8Array, start = 0): [item: Cbor, next: number] {
  let items = 0;
  return readItem(start, 0);

  function readItem(at: number, depth: number): [item: Cbor, next: number] {
    // If the bytes end too early, this is undefined. `next` is then past the end, and the test below throws.
    const first = bytes[at]!;
    const major = first >> 5;
    let argument = first & 31;
    let next = at + 1;
    if (argument > 27 || depth > maxDepth || ++items > maxItems) throw new RangeError();
    if (argument > 23) {
      const end = next + (1 << (argument - 24));
      // A missing byte makes this NaN.
      for (argument = 0; next < end; next++) argument = argument * 256 + bytes[next]!;
    }
    const end = major === 2 || major === 3 ? next + argument : next;
    // Not `end > length`: if the bytes of the length are missing, `end` is NaN.
    if (!(end <= bytes.length) || major === 6 || (major === 7 && !simple.has(argument)))
      throw new RangeError();
    if (major === 0) return [argument, end];
    if (major === 1) return [-1 - argument, end];
    if (major === 2) return [bytes.subarray(next, end), end];
    if (major === 3) return [utf8.decode(bytes.subarray(next, end)), end];
    if (major === 7) return [simple.get(argument), end];
    const list: Cbor[] = [];
    for (let left = major === 4 ? argument : 2 * argument; left > 0; left--) {
      const [item, following] = readItem(next, depth + 1);
      list.push(item);
      next = following;
    }
    return [major === 4 ? list : toMap(list), next];
  }
}

function toMap(list: Cbor[]): CborMap {
  const map: CborMap = new Map();
  for (let i = 0; i < list.length; i += 2) map.set(list[i], list[i + 1]);
  // A key occurs twice.
  if (2 * map.size < list.length) throw new RangeError();
  return map;
}
