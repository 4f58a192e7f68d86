/** Says what went wrong in the language that the visitor chose, and gives the code to look up. */
import { isPasskeyError } from 'verify-passkeys';
import { loadMessages, type Messages } from 'verify-passkeys/messages';

/** What is shown: `what` happened, what to do `next`, in which language, and under which code. */
export type Notice = { what: string; next: string; lang?: string; code?: string };

let messages: Messages;

/** Loads the messages in the first of these languages that there is, or by default in the browser's language. */
export async function speak(languages?: string[]): Promise<Messages['language']> {
  messages = await loadMessages(languages);
  return messages.language;
}

export function tell(error: unknown): Notice {
  // The page reads its session with fetch, which throws a TypeError if there is no answer.
  const { what, next } = messages.tell(error instanceof TypeError ? { code: 'unreachable' } : error);
  return { what, next, lang: messages.language, code: codeOf(error) };
}

function codeOf(error: unknown): string {
  if (error instanceof TypeError) return 'unreachable';
  if (!isPasskeyError(error)) return String(error);
  const { code, rejection } = error;
  return rejection ? `${code} · ${rejection.code}` : code;
}
