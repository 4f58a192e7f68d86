/** The wire beside the demo shows the real requests and answers. */
import { create, createTwice, expect, test } from '../start-demo.ts';

test('the wire shows five passed stations, each call, and the decoded bytes of the credential', async ({
  page,
  demo,
}) => {
  await page.goto(demo.url);
  const sent = page.waitForRequest('**/VerifyFactor');
  await create(page);
  await expect(page.locator('.stations [data-state="passed"]')).toHaveCount(5);
  await page.getByText('POST /passkeys/VerifyFactor').click();
  const body = await page.locator('#station-send .json').first().textContent();
  expect(JSON.parse(body!)).toEqual((await sent).postDataJSON());

  await page.getByRole('button', { name: 'Decode clientDataJSON' }).click();
  const clientData = page.getByRole('region', { name: 'clientDataJSON decoded' });
  await expect(clientData).toContainText('"webauthn.create"');
  await expect(clientData).toContainText(/the text YF[0-9a-f]{32}/);

  await page.getByRole('button', { name: 'Decode attestationObject' }).click();
  const attestation = page.getByRole('region', { name: 'attestationObject decoded' });
  await expect(attestation).toContainText(
    '01020304-0506-0708-0102-030405060708 Virtual authenticator of Chrome',
  );
  await expect(attestation).toContainText('UP, user present yes');
  await expect(attestation).toContainText('3 alg -7 ES256');
  const hex = await attestation
    .getByRole('group', { name: 'Bytes of attestationObject in hex' })
    .textContent();
  const bytes = Buffer.from((await sent).postDataJSON().response.attestationObject, 'base64url');
  expect(hex!.replace(/\s/g, '')).toBe(bytes.toString('hex'));
});

test('a sign-in is decoded too: authenticator data and the two integers of its signature', async ({
  page,
  demo,
}) => {
  await page.goto(demo.url);
  await create(page);
  await expect(page.getByRole('status')).toContainText('verified');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await page.getByText('POST /passkeys/ApproveChallenge').click();
  await page.getByRole('button', { name: 'Decode authenticatorData' }).click();
  await expect(page.getByRole('region', { name: 'authenticatorData decoded' })).toContainText('signCount 2');
  await page.getByRole('button', { name: 'Decode signature' }).click();
  await expect(page.getByRole('region', { name: 'signature decoded' })).toContainText('ECDSA in DER');
});

test('a call is copied as JSON, as a curl command for Verify and as fetch', async ({ page, demo }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(demo.url);
  const sent = page.waitForRequest('**/VerifyFactor');
  await create(page);
  await page.getByText('POST /passkeys/VerifyFactor').click();
  const body = (await sent).postData()!;
  const station = page.locator('#station-send');
  const copied = async (name: string, text: string) => {
    await station.getByRole('button', { name }).first().click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toContain(text);
  };
  await copied('Copy as JSON', body);
  await copied('Copy as curl', 'Passkeys/VerifyFactor" \\\n');
  await copied('Copy as fetch', `body: JSON.stringify(${body})`);
});

test('a ceremony that fails shows the station where it failed', async ({ page, demo }) => {
  await page.goto(demo.url);
  await createTwice(page);
  await expect(page.locator('#station-ask')).toHaveAttribute('data-state', 'failed');
  await expect(page.locator('#station-send')).toHaveAttribute('data-state', 'ahead');
});
