/** Tells what kind a value is, whether it is an object, and what JSON text holds. */

/** A JSON object whose members are not known yet. */
export type Body = Record<string, unknown>;

/** The kind of a value. `empty text` is `''`; `empty object` has no members of its own. */
export type Kind =
  | 'missing'
  | 'null'
  | 'empty text'
  | 'text'
  | 'number'
  | 'boolean'
  | 'bigint'
  | 'symbol'
  | 'function'
  | 'array'
  | 'binary'
  | 'object'
  | 'empty object';

export function kindOf(value: unknown): Kind {
  const type = typeof value;
  if (type === 'undefined') return 'missing';
  if (type === 'string') return value === '' ? 'empty text' : 'text';
  if (type !== 'object') return type;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return 'binary';
  return Object.keys(Object(value)).length > 0 ? 'object' : 'empty object';
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value that JSON text holds, or undefined if the text is not JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
