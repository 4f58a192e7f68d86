/** Lets work for one user run only after the work before it has ended. */

export type TakeTurn = <T>(user: string, work: () => Promise<T>) => Promise<T>;

export function createTurns(): TakeTurn {
  const last = new Map<string, Promise<unknown>>();
  return (user, work) => {
    const turn = (last.get(user) ?? Promise.resolve()).then(work);
    const ended = turn
      .catch(() => {})
      .then(() => {
        if (last.get(user) === ended) last.delete(user);
      });
    last.set(user, ended);
    return turn;
  };
}
