/** JSON from outside: parsed without throwing, and told apart as an object. */

/** A JSON object whose members are not known yet. */
export type Body = Record<string, unknown>;

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value that JSON text holds, or undefined if the text is not JSON: no JSON text has that value. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
