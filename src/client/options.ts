/** Reads the options of a ceremony. Loaded while they are fetched. */
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { fitName } from '../contract/name.ts';
import { type CreationOptions, type OptionsOf, readOptions } from '../contract/options.ts';
import { PasskeyError } from './error.ts';
import { toInputs } from './extensions.ts';

/** Reads options in any published shape, or throws `invalid_options` that names the member at fault. */
export function demandOptions<S extends Ceremony>(ceremony: S, answer: unknown): OptionsOf<S> {
  const options = readOptions(ceremony, answer);
  if (options.success) {
    const output = { ...options.output };
    if (output.extensions) output.extensions = toInputs(output.extensions);
    return 'user' in output ? fitNames(output) : output;
  }
  const issues = options.issues.map(({ path, expected }) => {
    const place = path?.map(({ key }) => key).join('.') ?? '';
    return {
      path: place,
      code: 60306,
      message: `${place || 'The options'} cannot be used; expected ${expected ?? 'another form'}.`,
      fix: `Pass on what Verify answered to ${ceremonies[ceremony].begin}, unchanged.`,
    };
  });
  // A failure has at least one issue.
  const message = `Not options for navigator.credentials: ${issues[0]!.message}`;
  throw new PasskeyError('invalid_options', message, { issues });
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
