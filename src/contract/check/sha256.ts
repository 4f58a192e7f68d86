/** SHA-256 without a promise: the checks are synchronous, and a page's Web Crypto is not. */

const roots = (root: number, count: number): Uint32Array<ArrayBuffer> => {
  const constants = new Uint32Array(count);
  let found = 0;
  for (let n = 2; found < count; n++) {
    let prime = true;
    for (let d = 2; d * d <= n && prime; d++) prime = n % d !== 0;
    if (prime) constants[found++] = (n ** (1 / root) % 1) * 2 ** 32;
  }
  return constants;
};

const initial = /* @__PURE__ */ roots(2, 8);
const k = /* @__PURE__ */ roots(3, 64);

/** The index is always within the words, which the type of an array does not say. */
const at = (words: Uint32Array, index: number): number => words[index]!;

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

/** The next word of the message schedule, from 16 on. */
function extend(w: Uint32Array, i: number): number {
  const near = at(w, i - 15);
  const far = at(w, i - 2);
  const low = rotate(near, 7) ^ rotate(near, 18) ^ (near >>> 3);
  const high = rotate(far, 17) ^ rotate(far, 19) ^ (far >>> 10);
  return at(w, i - 16) + low + at(w, i - 7) + high;
}

/** FIPS 180-4, section 6.2. Its constants are the fractions of the first primes' square and cube roots. */
export function sha256(message: Uint8Array): Uint8Array {
  const length = ((message.length + 72) >> 6) << 6;
  const padded = new Uint8Array(length);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(length - 4, message.length * 8);
  const hash = initial.slice();
  const w = new Uint32Array(64);
  for (let block = 0; block < length; block += 64) {
    const s = hash.slice();
    for (let i = 0; i < 64; i++) {
      w[i] = i < 16 ? view.getUint32(block + 4 * i) : extend(w, i);
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = s;
      const sum1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
      const sum0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
      const one = (h + sum1 + ((e & f) ^ (~e & g)) + at(k, i) + at(w, i)) | 0;
      const two = (sum0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      s.set([one + two, a, b, c, d + one, e, f, g]);
    }
    for (let i = 0; i < 8; i++) hash[i] = at(hash, i) + at(s, i);
  }
  hash.forEach((word, i) => {
    view.setUint32(4 * i, word);
  });
  return padded.slice(0, 32);
}
