import { createFileRoute } from '@tanstack/react-router';
import { session } from '../../relay.mjs';

export const Route = createFileRoute('/session')({
  server: { handlers: { ANY: ({ request }) => session(request) } },
});
