/** Starts the page. The lab always works. The rest needs a browser and an address that allow passkeys. */
import { startAccount } from './account.ts';
import { find, h } from './element.ts';
import { startLab } from './lab/lab.ts';
import { findMissing } from './need.ts';
import { say, sayError, startLanguages } from './status.ts';

const talksTo = {
  browser: 'Talks to an emulator of Verify inside your browser: nothing leaves this device.',
  emulator: 'Talks to the demo server, and through its relay to an emulator of Verify.',
  verify: 'Talks to the demo server, and through its relay to Twilio Verify itself.',
};

startLab();
await startLanguages();
const missing = await findMissing();
if (missing) {
  find('talks-to').textContent = 'The lab below still works.';
  find('talks-to').dataset.tone = 'bad';
  find('signed-in').replaceChildren(h('p', {}, 'Passkeys cannot be used here.'));
  say('bad', missing.what, missing);
} else {
  try {
    const session = await startAccount();
    find('talks-to').textContent = talksTo[session.talksTo];
  } catch (error) {
    sayError(error);
  }
}
