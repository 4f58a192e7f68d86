/** The browser's prompt: how long it is waited for, and what its exceptions mean. */
import { ceremony, type Step } from '../contract/route.ts';
import { PasskeyError } from './error.ts';
import { demandRunning } from './turn.ts';

/**
 * Waits for the browser, but never for good: the caller's signal ends it, and so does the options' timeout, after
 * which Verify would refuse the answer anyway.
 */
export async function ask(
  step: Step,
  timeout: number = ceremony[step].lifetime,
  signal: AbortSignal,
  call: (signal: AbortSignal) => Promise<Credential | null>,
): Promise<PublicKeyCredential> {
  demandRunning(signal);
  const controller = new AbortController();
  let stop = (_reason: unknown) => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = reject;
  });
  const leave = () => {
    controller.abort();
    stop(signal.reason);
  };
  signal.addEventListener('abort', leave);
  const began = performance.now();
  const late = (cause?: unknown) =>
    new PasskeyError('timed_out', `Nobody answered the prompt within ${timeout} ms: offer to try again.`, {
      cause,
    });
  const timer = setTimeout(
    () => {
      controller.abort();
      stop(late());
    },
    Math.min(timeout, 2 ** 31 - 1),
  );
  try {
    const credential = await Promise.race([call(controller.signal), stopped]);
    if (credential) return credential as PublicKeyCredential;
    throw new PasskeyError(
      'no_credential',
      'The browser answered without a credential: offer another way to sign in.',
    );
  } catch (error) {
    demandRunning(signal);
    if (error instanceof PasskeyError) throw error;
    throw performance.now() - began >= timeout && nameOf(error) === 'NotAllowedError'
      ? late(error)
      : toPasskeyError(step, error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', leave);
  }
}

const nameOf = (error: unknown) => (error as { name?: unknown } | null)?.name;

/** https://www.w3.org/TR/webauthn-3/#sctn-op-make-cred and https://www.w3.org/TR/webauthn-3/#sctn-op-get-assertion */
function toPasskeyError(step: Step, cause: unknown): PasskeyError {
  const because = cause instanceof Error || cause instanceof DOMException ? `: ${cause.message}` : '';
  switch (nameOf(cause)) {
    case 'NotAllowedError':
      return new PasskeyError(
        'cancelled',
        `The prompt was closed or refused, or no passkey was found${because}`,
        { cause },
      );
    case 'AbortError':
      return new PasskeyError('aborted', `The browser aborted the ceremony${because}`, { cause });
    case 'InvalidStateError':
      if (step === 'authenticate') break;
      return new PasskeyError(
        'already_registered',
        `This authenticator holds a passkey of this user already${because}`,
        { cause },
      );
    case 'NotSupportedError':
    case 'ConstraintError':
      return new PasskeyError('unsupported', `No authenticator here can do what the options ask${because}`, {
        cause,
      });
    case 'SecurityError':
      return new PasskeyError(
        'wrong_relying_party',
        `The relying party id must be the page's domain or a parent of it: set it on the Verify Service${because}`,
        { cause },
      );
  }
  return new PasskeyError('authenticator_failed', `The browser or the authenticator failed${because}`, {
    cause,
  });
}
