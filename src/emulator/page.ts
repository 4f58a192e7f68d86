/** Cuts a list into pages, as Twilio does. https://www.twilio.com/docs/usage/twilios-response#pagination */
import { Refusal } from './refusal.ts';

/**
 * The items of one page, and what the answer says of the pages. A `PageToken` is `PA` or `PB` and the SID of an item:
 * `PA` asks for the items after that one, `PB` for those before it. Without a token, `Page` counts from 0.
 *
 * @param key The name of the list in the answer.
 */
export function readPage<T extends { sid: string }>(
  items: readonly T[],
  query: URLSearchParams,
  address: string,
  key: string,
) {
  const size = readCount(query, 'PageSize', 50, 1);
  const page = readCount(query, 'Page', 0, 0);
  const token = query.get('PageToken');
  const start = findStart(items, token ?? '', page, size);
  const shown = items.slice(start, start + size);
  const base = `${address}?PageSize=${size}`;
  const before =
    start > 0 && shown[0] ? `${base}&Page=${Math.max(page - 1, 0)}&PageToken=PB${shown[0].sid}` : null;
  const last = start + size < items.length ? shown.at(-1) : undefined;
  const meta = {
    page,
    page_size: size,
    first_page_url: `${base}&Page=0`,
    previous_page_url: before,
    url: `${base}&Page=${page}${token === null ? '' : `&PageToken=${encodeURIComponent(token)}`}`,
    next_page_url: last ? `${base}&Page=${page + 1}&PageToken=PA${last.sid}` : null,
    key,
  };
  return { shown, meta };
}

function findStart(items: readonly { sid: string }[], token: string, page: number, size: number): number {
  if (token === '') return page * size;
  const at = items.findIndex(({ sid }) => sid === token.slice(2));
  if (at >= 0 && token.startsWith('PA')) return at + 1;
  if (at >= 0 && token.startsWith('PB')) return Math.max(at - size, 0);
  throw new Refusal(60200, 'Invalid parameter: PageToken is not one from this list');
}

/** A whole number up to 1,000, which is Twilio's largest page. */
function readCount(query: URLSearchParams, name: string, initial: number, least: number): number {
  const given = query.get(name) ?? String(initial);
  const count = Number(given);
  if (/^\d{1,4}$/.test(given) && count >= least && count <= 1000) return count;
  throw new Refusal(60200, `Invalid parameter: ${name} must be a whole number from ${least} to 1000`);
}
