export { relay, session } from '../relay.mjs';
