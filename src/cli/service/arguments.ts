/** The arguments that the actions of `service` share, and their rules. */
import { findOriginFlaw, findPasskeyOriginFlaw } from '../../contract/origin.ts';
import { maxServiceName } from '../../contract/service.ts';
import { findIdFlaw } from './issues.ts';

const none: string[] = [];
/** The address of an emulator on this machine, which is asked instead of Verify. */
export const base = { type: 'string' } as const;
export const origin = { type: 'string', multiple: true, default: none } as const;

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
export function demandFit(name: string | undefined, id: string | undefined, origins: string[]): void {
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
