import { session } from '../../relay.mjs';

export const prerender = false;
export const ALL = ({ request }) => session(request);
