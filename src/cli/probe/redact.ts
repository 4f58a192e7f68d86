/** Replaces everything in an answer that belongs to somebody by a placeholder, the same one each time. */
import { fromText, toText } from '../../contract/bytes.ts';
import { isObject, parse } from '../../contract/json.ts';

/** The texts that a transcript may hold as they are: the words of Verify and of WebAuthn, and the probe's own. */
const words = new Set(
  `public-key none indirect direct enterprise platform cross-platform any required preferred discouraged unverified
  verified pending expired approved denied passkeys push totp internal hybrid usb nfc ble smart-card factors
  application/json text/html text/plain`.split(/\s+/),
);

/** The members whose numbers say something and belong to nobody. */
const counted = new Set(['code', 'status', 'alg', 'timeout', 'page', 'page_size', 'code_length']);

const sids = /(?<![A-Za-z0-9])([A-Z]{2})[0-9a-f]{32}(?![A-Za-z0-9])/gi;
const date = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/;
const page = /^https:\/\/www\.twilio\.com\/docs\/(api\/)?errors\/\d{1,6}$/;

export function createRedactor() {
  const known = new Map<string, string>();
  const sidsSeen = new Map<string, string>();

  /** A placeholder that has the form of a SID, so that a transcript is judged as an answer is. */
  function placeSid(sid: string): string {
    const letters = sid.slice(0, 2).toUpperCase();
    const seen = sidsSeen.get(sid.toLowerCase());
    if (seen) return seen;
    const count = [...sidsSeen.values()].filter((other) => other.startsWith(letters)).length + 1;
    const placed = letters + String(count).padStart(32, '0');
    sidsSeen.set(sid.toLowerCase(), placed);
    return placed;
  }

  /** Replaces what is known and every SID inside a text. */
  function replace(text: string): string {
    let replaced = text;
    const longestFirst = [...known].sort(([a], [b]) => b.length - a.length);
    for (const [value, placeholder] of longestFirst) replaced = replaced.replaceAll(value, placeholder);
    return replaced.replace(sids, (sid) => placeSid(sid));
  }

  function readText(text: string): string {
    if (text === '' || words.has(text) || page.test(text)) return text;
    const placeholder = known.get(text);
    if (placeholder !== undefined) return placeholder;
    if (date.test(text)) return '2000-01-01T00:00:00Z';
    const inner = parse(text);
    if (isObject(inner)) return JSON.stringify(read(inner));
    const decoded = decode(text);
    if (decoded?.replace(sids, '') === '') return fromText(placeSid(decoded));
    const replaced = replace(text);
    return replaced !== text && replaced.replace(sids, '') === '' ? replaced : '<text>';
  }

  /** Verify's own words about a call. What could be a name, an address or a key in them is left out. */
  const readMessage = (text: string) =>
    replace(text)
      .slice(0, 300)
      .replace(/"[^"]*"|'[^']*'/g, '"…"')
      .replace(/\S*[@/]\S*|\S*\d\S*|\S{25,}/g, (token) => (/^\d{1,5}[.,:]?$/.test(token) ? token : '…'));

  function read(value: unknown, member = ''): unknown {
    if (typeof value === 'string') return member === 'message' ? readMessage(value) : readText(value);
    if (typeof value === 'number') return counted.has(member) && value < 10_000_000 ? value : 0;
    if (Array.isArray(value)) return value.slice(0, 200).map((item) => read(item, member));
    if (!isObject(value)) return value ?? null;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner], i) => [
        /^[A-Za-z][A-Za-z_]{0,39}$/.test(name) && !known.has(name) ? name : `member${i}`,
        read(inner, name),
      ]),
    );
  }

  return {
    /** Says what stands for a value from now on. An empty value is nobody's. */
    know(value: string | undefined, placeholder: string): void {
      if (value) known.set(value, placeholder);
    },
    /** An answer's body with placeholders. */
    body: (body: unknown) => read(body),
    /** The path of a call, or a line about what is left behind. */
    path: replace,
    /** A header that has no meaning besides its form. */
    header: (text: string) => (/^\d{1,6}$/.test(text) ? text : readText(text.split(';')[0]!.trim())),
  };
}

function decode(base64url: string): string | undefined {
  try {
    return /^[\w-]{40,60}$/.test(base64url) ? toText(base64url) : undefined;
  } catch {
    return undefined;
  }
}
