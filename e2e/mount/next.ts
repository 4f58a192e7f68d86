// app/passkeys/[...route]/route.ts
import { createRelay } from 'verify-passkeys/relay';

const relay: (request: Request) => Promise<Response> = createRelay({
  serviceSid: process.env.TWILIO_VERIFY_SERVICE_SID!,
  apiKey: process.env.TWILIO_API_KEY!,
  apiKeySecret: process.env.TWILIO_API_KEY_SECRET!,
  cookieSecret: process.env.COOKIE_SECRET!,
  origins: [process.env.ORIGIN!],
  identify: () => null, // your session
});

export { relay as DELETE, relay as GET, relay as POST };
