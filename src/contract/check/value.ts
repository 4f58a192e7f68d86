/** Tells what kind a value is. */

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
