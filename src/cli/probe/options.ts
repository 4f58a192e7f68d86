/** The options in what Verify answered to the call that begins a ceremony. */
import { isObject } from '../../contract/json.ts';

/** The options, in any shape. */
export function optionsOf({ body }: { body: unknown }): Record<string, unknown> {
  const options = isObject(body) && isObject(body.options) ? body.options : {};
  return isObject(options.publicKey) ? options.publicKey : options;
}

/** The challenge, or undefined if Verify refused. */
export const challengeOf = (answer: { status: number; body: unknown } | undefined): unknown =>
  answer && answer.status < 300 ? optionsOf(answer).challenge : undefined;

/** Whether the options ask for user verification without requiring it, as the rows say. */
export const isPreferred = (options: Record<string, unknown>) => {
  const { authenticatorSelection: selection, userVerification } = options;
  return (isObject(selection) ? selection.userVerification : userVerification) !== 'required';
};
