/** Reads a body of JSON, from either side: 64 KiB at most, and only while the signal lasts. */

const largest = 64 * 1024;

/** The value; undefined, which is no JSON, where there are more than 64 KiB. Throws on what is no JSON in UTF-8. */
export async function readJson(source: Request | Response, signal: AbortSignal): Promise<unknown> {
  const reader = source.body?.getReader();
  const leave = () => void reader?.cancel().catch(() => {});
  signal.addEventListener('abort', leave);
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let size = Number(source.headers.get('content-length')) > largest ? Infinity : 0;
  while (size <= largest) {
    const { value } = (await reader?.read()) ?? {};
    if (!value) break;
    size += value.length;
    text += decoder.decode(value, { stream: true });
  }
  signal.throwIfAborted();
  if (size <= largest) return JSON.parse(text + decoder.decode());
  leave();
  return undefined;
}
