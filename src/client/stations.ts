/**
 * What the stations of both ceremonies do. Loads while the options are fetched, since the prompt waits for it: nothing
 * may be missing once the user has answered. It is one file, so that a page waits for one request. That it loads late
 * saves 8,200 bytes at first load, by `npm run size` in Vite.
 */
export { readApproval, readFactor } from './answer.ts';
export { create, get } from './ceremony.ts';
export { check, expectedOf, explainRejected } from './check.ts';
export { demandOptions } from './options.ts';
export { isRefused } from './refused.ts';
