import { session } from '../relay.mjs';

export const action = ({ request }) => session(request);
