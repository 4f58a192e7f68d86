/** Removes the account's secrets from Verify's messages and from the errors of fetch and of a store. */

/** The text without the relay's secrets and without account or key SIDs. */
export function redact(text: string, secrets: readonly string[]): string {
  const bare = secrets.reduce((all, secret) => all.replaceAll(secret, '…'), text);
  return bare.replace(/\b(AC|SK)[0-9a-f]{32}/gi, '$1…');
}

/**
 * Returns the error itself if it has only plain values, as the platform's errors do. An error with objects, such as the
 * failed request with its Authorization header, is copied without them.
 */
export function withoutSecrets(error: unknown, secrets: readonly string[], depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redact(error, secrets) : undefined;
  const { name, message, stack = '', cause } = error;
  const code = 'code' in error ? error.code : undefined;
  const bareCause = cause === undefined || depth > 3 ? undefined : withoutSecrets(cause, secrets, depth + 1);
  const errors = 'errors' in error ? error.errors : [];
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
