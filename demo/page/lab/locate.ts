/** Finds where a JSON text has the member at a path, and where a text stops being JSON. */

/** Offsets into the text, the end exclusive. */
export type Place = { start: number; end: number };

type Member = Place & { path: string };

/** The letters and digits of a path, so that a member is found under another spelling too. */
const plain = (path: string) => path.replace(/[^a-z0-9.]/gi, '').toLowerCase();

/** Finds the member itself, or else one of that name elsewhere, its parent, or the first character of the text. */
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

/** No issue has a longer path. What is nested deeper is read, but its place is not kept. */
const maxDepth = 8;

/**
 * Reads to the end of the text or to its first error, and notes where each member of an object is. It does not
 * recurse, so that a text may be nested to any depth.
 */
function scan(text: string): { members: Member[]; end: number } {
  const members: Member[] = [];
  const tokens = /\s+|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[[\]{}:,]/y;
  let at = 0;
  const next = (): string | undefined => {
    for (;;) {
      tokens.lastIndex = at;
      const token = tokens.exec(text)?.[0];
      if (token === undefined || token.trim() !== '') return token;
      at += token.length;
    }
  };
  /** The objects and lists that are open, with the member of each that is being read. */
  const open: { close: string; path: string; member?: Member | undefined }[] = [];
  let wanted: 'value' | 'value or end' | 'name' | 'name or end' | 'more' = 'value';
  for (;;) {
    const token = next();
    const inner = open.at(-1);
    if (token === undefined) break;
    if (inner && token === inner.close && wanted !== 'value' && wanted !== 'name') {
      at += 1;
      open.pop();
      wanted = 'more';
    } else if (wanted === 'more') {
      if (token !== ',') break;
      at += 1;
      wanted = inner?.close === '}' ? 'name' : 'value';
      if (inner) inner.member = undefined;
      continue;
    } else if (wanted === 'name' || wanted === 'name or end') {
      if (!inner || !token.startsWith('"')) break;
      const start = at;
      at += token.length;
      if (next() !== ':') break;
      at += 1;
      wanted = 'value';
      if (open.length > maxDepth) continue;
      const name = token.slice(1, -1);
      inner.member = { path: inner.path ? `${inner.path}.${name}` : name, start, end: at };
      members.push(inner.member);
      continue;
    } else {
      if (/^[\]}:,]$/.test(token)) break;
      at += token.length;
      const path = inner?.member?.path ?? inner?.path ?? '';
      if (token === '{') open.push({ close: '}', path });
      if (token === '[') open.push({ close: ']', path });
      wanted = token === '{' ? 'name or end' : token === '[' ? 'value or end' : 'more';
    }
    // The value ends here, and so does the member that holds it.
    const holder = open.at(-1);
    if (wanted === 'more' && holder?.member) holder.member.end = at;
    if (wanted === 'more' && !holder) {
      next();
      break;
    }
  }
  // If the text breaks off inside a member, the member ends where reading stopped.
  for (const { member } of open) if (member && member.end < at) member.end = at;
  return { members, end: at };
}
