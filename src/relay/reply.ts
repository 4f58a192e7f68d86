/** The form of everything that the relay answers. */

/** An answer of named fields; `undefined` ones are left out by JSON. */
export function reply(status: number, body: object, headers?: HeadersInit): Response {
  const all = new Headers(headers);
  all.set('content-type', 'application/json');
  all.set('cache-control', 'no-store');
  return new Response(JSON.stringify(body), { status, headers: all });
}
