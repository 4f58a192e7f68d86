/** Reads the body of a request, as JSON or as a form, and checks the identity in it. */

import { identityPattern } from '../contract/identifier.ts';
import { isObject } from '../contract/json.ts';
import { Refusal } from './refusal.ts';

/** Assumptions: verify-content-type, approve-content-type */
export async function readJson(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    throw new Refusal(60306, `Invalid request: expected application/json, got ${type || 'no content type'}`);
  }
  try {
    return await request.json();
  } catch {
    throw new Refusal(60306, 'Invalid request: the body is not JSON');
  }
}

export async function readForm(request: Request): Promise<URLSearchParams> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    throw new Refusal(60306, `Invalid request: expected a form, got ${type || 'no content type'}`);
  }
  return new URLSearchParams(await request.text());
}

export function readFields(body: unknown, code = 60306): Record<string, unknown> {
  if (isObject(body)) return body;
  throw new Refusal(code, 'Invalid request: expected a JSON object');
}

export function demandIdentity(identity: unknown): asserts identity is string {
  if (typeof identity !== 'string' || identity === '')
    throw new Refusal(60367, 'Entity identity invalid or missing');
  if (!identityPattern.test(identity)) {
    // Assumption: identity-limit
    throw new Refusal(60420, 'identity takes 8 to 64 letters, digits and dashes');
  }
}
