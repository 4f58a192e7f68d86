/** Keeps the account's secrets out of what others say: Verify's messages, and the errors of fetch and of a store. */

/** The text without the relay's secrets, and without the SIDs of an account or a key. */
export function redact(text: string, secrets: readonly string[]): string {
  const bare = secrets.reduce((all, secret) => all.replaceAll(secret, '…'), text);
  return bare.replace(/\b(AC|SK)[0-9a-f]{32}/gi, '$1…');
}

/**
 * The error itself where it holds plain values alone, as those of the platform do. An error that carries objects,
 * such as the request that failed with its Authorization header, is copied by name, without them.
 */
export function withoutSecrets(error: unknown, secrets: readonly string[], depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redact(error, secrets) : undefined;
  const { name, message, stack = '', cause } = error;
  const { code } = error as { code?: unknown };
  const bareCause = cause === undefined || depth > 3 ? undefined : withoutSecrets(cause, secrets, depth + 1);
  const { errors = [] } = error as { errors?: unknown };
  const isPlain =
    bareCause === cause &&
    [message, stack, ...Object.values({ ...error, cause: '' })].every((value) =>
      typeof value === 'string' ? redact(value, secrets) === value : Object(value) !== value,
    ) &&
    Array.isArray(errors) &&
    errors.every((each) => withoutSecrets(each, secrets, depth + 1) === each);
  if (isPlain) return error;
  const copy = new Error(
    redact(message, secrets),
    bareCause === undefined ? undefined : { cause: bareCause },
  );
  copy.name = name;
  copy.stack = redact(stack, secrets);
  return typeof code === 'string' || typeof code === 'number' ? Object.assign(copy, { code }) : copy;
}
