/** Reads what began a ceremony: loaded while it is fetched. */
import { type Ceremony, ceremonies } from '../contract/ceremony.ts';
import { type OptionsOf, readOptions } from '../contract/options.ts';
import { PasskeyError } from './error.ts';
import { createLoad } from './load.ts';

/** Reads options in any published shape, or throws `invalid_options` that says where they are none. */
export function demandOptions<S extends Ceremony>(ceremony: S, answer: unknown): OptionsOf<S> {
  const options = readOptions(ceremony, answer);
  if (options.success) return options.output as OptionsOf<S>;
  const issues = options.issues.map(({ path, expected }) => {
    const place = path?.map(({ key }) => key).join('.') ?? '';
    return {
      path: place,
      code: 60306,
      message: `${place || 'The options'} cannot be used; expected ${expected ?? 'another form'}.`,
      fix: `Pass on what Verify answered to ${ceremonies[ceremony].begin}, unchanged.`,
    };
  });
  const message = `These are no options for navigator.credentials: ${issues[0]!.message}`;
  throw new PasskeyError('invalid_options', message, { issues });
}

/** The same options, their extensions in the form that the browser takes. What converts them loads where there are any. */
export async function withInputs<T extends { extensions?: object | undefined }>(
  options: T,
  signal: AbortSignal | undefined,
): Promise<T> {
  if (!options.extensions) return options;
  const { toInputs } = await createLoad(10_000)(() => import('./extensions.ts'), signal);
  return { ...options, extensions: toInputs(options.extensions) };
}
