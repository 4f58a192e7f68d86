import { relay } from '../relay.mjs';

export const loader = ({ request }) => relay(request);
export const action = loader;
