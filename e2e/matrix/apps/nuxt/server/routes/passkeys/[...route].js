import { defineEventHandler, toWebRequest } from 'h3';
import { relay } from '../../../relay.mjs';

export default defineEventHandler((event) => relay(toWebRequest(event)));
