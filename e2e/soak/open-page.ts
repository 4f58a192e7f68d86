/** A page with a cookie jar. Its calls go to any of the relays, and it may leave before they end. */
import { page } from '../software-authenticator.ts';

/** How a call ended: the relay's status and body, or status 0 if the page left or no answer came. */
// biome-ignore lint/suspicious/noExplicitAny: an answer is whatever came.
export type Answer = { status: number; body: any };

export type Page = {
  cookies: Map<string, string>;
  call(method: string, route: string, body?: unknown, leaveAfter?: number): Promise<Answer>;
};

/** `session` is the user that the app has signed in on this page. */
export function openPage(chooseRelay: () => number, session?: string): Page {
  const cookies = new Map<string, string>(session ? [['session', session]] : []);
  return {
    cookies,
    async call(method, route, body, leaveAfter) {
      const headers = new Headers({ origin: page.origin });
      headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
      if (body !== undefined) headers.set('content-type', 'application/json');
      const init: RequestInit = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
      if (leaveAfter !== undefined) init.signal = AbortSignal.timeout(leaveAfter);
      try {
        const answer = await fetch(`http://127.0.0.1:${chooseRelay()}/passkeys/${route}`, init);
        for (const cookie of answer.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
          if (/Max-Age=0\b/.test(cookie)) cookies.delete(name);
          else cookies.set(name, value);
        }
        const text = await answer.text();
        return { status: answer.status, body: text ? JSON.parse(text) : undefined };
      } catch {
        return { status: 0, body: undefined };
      }
    },
  };
}
