/** Reads the options of a ceremony. Loaded while they are fetched. */
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { fitName } from '../contract/name.ts';
import { type CreationOptions, type OptionsOf, readOptions } from '../contract/options.ts';
import { createError, type PasskeyError } from './error.ts';
import { toInputs } from './extensions.ts';

/** Reads options in any published shape, or throws `invalid_options` that names the member at fault. */
export function demandOptions<S extends Ceremony>(ceremony: S, answer: unknown): OptionsOf<S> {
  const options = readOptions(ceremony, answer);
  if (!options.success) {
    const faults = options.issues.map(({ path, expected }) => ({
      path: path?.map(({ key }) => key).join('.') ?? '',
      expected: expected ?? 'another form',
    }));
    throw refuse(ceremony, faults);
  }
  const output = { ...options.output };
  if (output.extensions) {
    const expected = 'base64url for the bytes of prf and largeBlob';
    output.extensions = toInputs(output.extensions, (path, cause) =>
      refuse(ceremony, [{ path, expected }], cause),
    );
  }
  return 'user' in output ? fitNames(output) : output;
}

function refuse(
  ceremony: Ceremony,
  faults: { path: string; expected: string }[],
  cause?: unknown,
): PasskeyError {
  const issues = faults.map(({ path, expected }) => ({
    path,
    code: 60306,
    message: `${path || 'The options'} cannot be used; expected ${expected}.`,
    fix: `Pass on what Verify answered to ${ceremonies[ceremony].begin}, unchanged.`,
  }));
  // There is at least one fault.
  const message = `Not options for navigator.credentials: ${issues[0]!.message}`;
  return createError('invalid_options', message, { cause, issues });
}

/** Chromium never answers if a name has half a surrogate pair. */
function fitNames<T extends CreationOptions>(options: T): T {
  const { rp, user } = options;
  return {
    ...options,
    rp: { ...rp, name: fitName(rp.name) },
    user: { ...user, name: fitName(user.name), displayName: fitName(user.displayName) },
  };
}
