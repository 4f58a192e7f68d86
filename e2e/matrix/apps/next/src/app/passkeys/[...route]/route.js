export { relay as DELETE, relay as GET, relay as OPTIONS, relay as POST } from '../../../relay.js';
