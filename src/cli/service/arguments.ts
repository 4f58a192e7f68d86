/** The arguments that the actions of `service` share, and their rules. */
import { findOriginFlaw, findPasskeyOriginFlaw } from '../../contract/origin.ts';
import { type Criterion, choices, criterionNames, maxServiceName } from '../../contract/service.ts';
import { findIdFlaw, isChoice } from './issues.ts';

const none: string[] = [];
/** The address of an emulator on this machine, which is asked instead of Verify. */
export const base = { type: 'string' } as const;
/** What the next command needs to ask the same emulator. */
export const repeatBase = (address: string | undefined) => (address ? ` --base ${address}` : '');
export const origin = { type: 'string', multiple: true, default: none } as const;

/** The flag of each criterion. */
export const criterionFlags = {
  authenticator_attachment: 'authenticator-attachment',
  discoverable_credentials: 'discoverable-credentials',
  user_verification: 'user-verification',
} as const satisfies Record<Criterion, string>;

/** Whether every shell takes the text as it is, so that a command with it can be printed to be copied. */
export const isPlain = (text: string): boolean => /^\w[\w.:/-]*$/.test(text);

/** The criteria among the arguments. Refuses a value that Verify does not know. */
export function readCriteria(values: { [F in (typeof criterionFlags)[Criterion]]?: string | undefined }): {
  [C in Criterion]?: string | undefined;
} {
  const given = criterionNames.map((criterion) => [criterion, values[criterionFlags[criterion]]] as const);
  for (const [criterion, value] of given) {
    if (value === undefined || isChoice(criterion, value)) continue;
    throw new Error(
      `expected --${criterionFlags[criterion]} with ${choices[criterion].join(', ')}, got "${value}"`,
    );
  }
  return Object.fromEntries(given);
}

export function demandOrigin(text: string): void {
  // An http page is an issue to report, not a mistyped argument.
  const flaw = findOriginFlaw(text);
  if (flaw) {
    throw new Error(
      `expected an origin such as https://login.example.com after --origin, got "${text}", which ${flaw}`,
    );
  }
}

/** Refuses arguments for a Service that could not work. */
export function demandFit(
  name: string | undefined,
  id: string | undefined,
  origins: readonly string[],
): void {
  if (name !== undefined && (name.trim() === '' || name.length > maxServiceName)) {
    throw new Error(`expected --name with 1 to ${maxServiceName} characters`);
  }
  const flaw = id !== undefined && findIdFlaw(id);
  if (flaw) throw new Error(`${flaw.message} ${flaw.fix}`);
  for (const text of origins) {
    const wrong = findPasskeyOriginFlaw(text) ?? (text.includes(',') ? 'has a comma' : undefined);
    if (wrong) throw new Error(`the origin "${text}" ${wrong}`);
  }
}
