/** Finds the place in a JSON text that a path means, and the place where a text stops being JSON. */

/** Offsets into the text, the end exclusive. */
export type Place = { start: number; end: number };

type Member = Place & { path: string };

/** Letters and digits alone: a member under another spelling is still the one that is meant. */
const plain = (path: string) => path.replace(/[^a-z0-9.]/gi, '').toLowerCase();

/** The member itself; else one of that name elsewhere; else its parent; else the text's first character. */
export function locate(text: string, path: string): Place {
  const { members } = scan(text);
  const name = plain(path.split('.').pop() ?? '');
  const parent = path.split('.').slice(0, -1).join('.');
  const start = text.search(/\S/);
  return (
    members.find((member) => member.path === path) ??
    members.find((member) => plain(member.path) === plain(path)) ??
    members.find((member) => name !== '' && plain(member.path.split('.').pop()!) === name) ??
    members.find((member) => parent !== '' && member.path === parent) ?? { start, end: start + 1 }
  );
}

/** Where the text stops being JSON. */
export function locateBreak(text: string): Place {
  const { end } = scan(text);
  return { start: Math.min(end, Math.max(0, text.length - 1)), end: Math.min(end + 1, text.length) };
}

/** Reads until the end or the first fault, and notes where each member of an object stands. */
function scan(text: string): { members: Member[]; end: number } {
  const members: Member[] = [];
  const tokens = /\s+|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{}:,]/y;
  let at = 0;
  const next = (): string | undefined => {
    for (;;) {
      tokens.lastIndex = at;
      const token = tokens.exec(text)?.[0];
      if (token === undefined) return undefined;
      if (token.trim() !== '') return token;
      at += token.length;
    }
  };
  /** Whether a value stood there whole. */
  const value = (path: string): boolean => {
    const token = next();
    if (token === undefined || /^[\]}:,]$/.test(token)) return false;
    at += token.length;
    if (token === '{') return list('}', () => member(path));
    if (token === '[') return list(']', () => value(path));
    return true;
  };
  const member = (path: string): boolean => {
    const key = next();
    if (!key?.startsWith('"')) return false;
    const start = at;
    at += key.length;
    if (next() !== ':') return false;
    at += 1;
    const name = key.slice(1, -1);
    const full = path ? `${path}.${name}` : name;
    const place: Member = { path: full, start, end: start };
    members.push(place);
    const whole = value(full);
    place.end = at;
    return whole;
  };
  const list = (close: string, item: () => boolean): boolean => {
    if (next() === close) {
      at += 1;
      return true;
    }
    for (;;) {
      if (!item()) return false;
      const token = next();
      if (token !== ',' && token !== close) return false;
      at += 1;
      if (token === close) return true;
    }
  };
  if (value('')) next();
  return { members, end: at };
}
