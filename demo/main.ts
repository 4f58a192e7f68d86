/** Starts the page: session first, then signing in, the wire and the lab. */
import { startAccount } from './account.ts';
import { find } from './element.ts';
import { watchBrowser } from './trace.ts';

const talksTo = {
  browser: 'It talks to an emulator of Verify inside your browser: nothing leaves this device.',
  emulator: 'It talks to the demo server, and through its relay to an emulator of Verify.',
  verify: 'It talks to the demo server, and through its relay to Twilio Verify itself.',
};

watchBrowser();
const session = await startAccount();
find('talks-to').textContent = talksTo[session.talksTo];
