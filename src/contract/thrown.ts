/** Looks at what was thrown, which may be anything: a text, a Proxy, or an object whose members throw. */

/** Whether it is of this class. A Proxy that throws when it is asked for its class is not. */
export function isThrown<T>(thrown: unknown, type: new (...made: never[]) => T): thrown is T {
  try {
    return thrown instanceof type;
  } catch {
    return false;
  }
}

/** A member of it; undefined if there is none, or if it throws when it is read. */
export function readMember(thrown: unknown, name: string): unknown {
  try {
    // If it has no members, reading one throws, and that is caught.
    return (thrown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}
