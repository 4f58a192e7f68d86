export { session as DELETE, session as POST } from '../../relay.js';
