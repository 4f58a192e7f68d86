import { session } from '../../../relay.mjs';

export const fallback = ({ request }) => session(request);
