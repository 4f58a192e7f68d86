import { relay } from '../../../relay.mjs';

export const prerender = false;
export const ALL = ({ request }) => relay(request);
