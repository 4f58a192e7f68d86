/** Buttons that copy a call: as JSON, as a curl command for Verify, or as the page's fetch. */
import { h } from './element.ts';

export function copyButton(label: string, text: () => string): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'quiet small' }, label);
  copyOnClick(button, text);
  return button;
}

/** Makes a button copy a text. For two seconds the button says whether it did. */
export function copyOnClick(button: HTMLButtonElement, text: () => string): void {
  const label = button.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text()).then(
      () => button.replaceChildren('Copied'),
      () => button.replaceChildren('Copying is not allowed here'),
    );
    setTimeout(() => button.replaceChildren(label), 2000);
  });
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The call as a server sends it to Verify. The relay adds the account and, to create a Factor, the identity. */
export function toCurl(url: string, body: string): string {
  const route = url.split('/').pop();
  const sent = route === 'Factors' ? { ...JSON.parse(body), identity: 'YOUR-USERS-IDENTITY' } : undefined;
  return [
    `curl "https://verify.twilio.com/v2/Services/$TWILIO_VERIFY_SERVICE_SID/Passkeys/${route}"`,
    '-u "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN"',
    "-H 'Content-Type: application/json'",
    `--data-raw ${quote(sent ? JSON.stringify(sent) : body)}`,
  ].join(' \\\n  ');
}

/** The call as this page made it. */
export function toFetch(url: string, method: string, body: string): string {
  const { pathname } = new URL(url);
  return `await fetch(${JSON.stringify(pathname)}, {
  method: ${JSON.stringify(method)},
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(${body}),
});`;
}
