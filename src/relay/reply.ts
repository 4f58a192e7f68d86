/** Builds every answer of the relay. */

/** A JSON answer with these fields. JSON leaves out those that are undefined. */
export function reply(status: number, body: object, headers?: HeadersInit): Response {
  const all = new Headers(headers);
  all.set('content-type', 'application/json');
  all.set('cache-control', 'no-store');
  return new Response(JSON.stringify(body), { status, headers: all });
}
