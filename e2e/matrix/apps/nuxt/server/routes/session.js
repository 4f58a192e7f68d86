import { defineEventHandler, toWebRequest } from 'h3';
import { session } from '../../relay.mjs';

export default defineEventHandler((event) => session(toWebRequest(event)));
