/** A page that signs in while it loads finds the authenticator of its context. */
import { expect, isolated as test } from '../test.ts';

/** A page whose first script signs in, and tells its title and its opener how that ended. */
const hasty = `<!doctype html><script type="module">
  import { createPasskeys } from '/verify-passkeys.min.js';
  const said = await createPasskeys({ baseUrl: '/passkeys' }).authenticate().then(({ status }) => status, ({ code }) => code);
  document.title = said;
  opener?.postMessage(said);
  if (opener) close();
</script>`;

test('20 of 20 popups that sign in while they load find the authenticator, and so do a new page and a reload', async ({
  page,
  visit,
  context,
}) => {
  const { origin } = await visit({
    app: async ({ url }) =>
      url.endsWith('/hasty') ? new Response(hasty, { headers: { 'content-type': 'text/html' } }) : undefined,
  });
  await page.evaluate(() => passkeys.register());
  const said = await page.evaluate(async () => {
    const heard: string[] = [];
    while (heard.length < 20) {
      const answer = new Promise<string>((resolve) => {
        addEventListener('message', ({ data }) => resolve(data), { once: true });
      });
      open('/hasty', '_blank', 'popup');
      heard.push(await answer);
    }
    return heard;
  });
  expect(said.filter((one) => one === 'approved')).toHaveLength(20);

  const other = await context.newPage();
  await other.goto(`${origin}/hasty`);
  await expect(other).toHaveTitle('approved');
  await other.reload();
  await expect(other).toHaveTitle('approved');
});
