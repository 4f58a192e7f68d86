import { createFileRoute } from '@tanstack/react-router';
import { relay } from '../../relay.mjs';

export const Route = createFileRoute('/passkeys/$')({
  server: { handlers: { ANY: ({ request }) => relay(request) } },
});
