import { relay } from '../../../../relay.mjs';

export const fallback = ({ request }) => relay(request);
