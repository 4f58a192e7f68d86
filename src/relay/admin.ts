/** The operator's half: lists and removes a user's passkeys and closes their account, without a request of the user. */
import { identityPattern, sidOf } from '../contract/identifier.ts';
import { isThrown } from '../contract/thrown.ts';
import { type ConnectionConfig, createDemand, readConnection } from './config.ts';
import { startDeadline } from './deadline.ts';
import { findOwn, isPasskey, present, readFactors } from './management.ts';
import { forgetNewest } from './newest.ts';
import { createOwners, type Owners } from './owners.ts';
import { withoutSecrets } from './redact.ts';
import { isMissingEntity, Refusal, type RelayCode, refusals } from './refusal.ts';
import { createVerify, type Trace } from './verify.ts';

/** The options of `createAdmin`: the account, Service and store of the relay. */
export type AdminConfig = ConnectionConfig;

/** A passkey as the operator gets it. */
export type AdminPasskey = {
  /** Its SID at Verify, `YF…`. */
  sid: string;
  /** Its nickname, as Verify stores it. */
  friendlyName: string | undefined;
  /** The passkey's id, base64url; undefined if the storage does not know it. */
  credentialId: string | undefined;
  /** The authenticator's model (AAGUID) as a UUID, if it is known. */
  aaguid: string | undefined;
  /** When it was made, in ISO 8601. */
  dateCreated: string | undefined;
  /** When it last signed in, in ISO 8601, if Verify says so. */
  lastUsed: string | undefined;
};

/** Every method rejects with an `AdminError`. A malformed identity or SID is a TypeError, and nothing is called. */
export type Admin = {
  /** Lists a user's verified passkeys. */
  list(identity: string): Promise<AdminPasskey[]>;
  /** Deletes one passkey of a user at Verify, and forgets it. Rejects with `not_found` if it is not theirs. */
  remove(identity: string, sid: string): Promise<void>;
  /**
   * Deletes a user's Entity at Verify, with its Factors of every type, and forgets the user's passkeys. It can be
   * repeated. If it fails half way, the error's `left` says what is left. A sign-in with an old passkey is then refused.
   *
   * End the user's sessions first. A registration, or a sign-in with a passkey that the storage did not know, may be
   * under way: if Verify accepted it before, its relay may still write the passkey's two keys until its `timeout` is
   * over, and nobody can sign in with them. A registration that begins later makes the Entity anew.
   */
  close(identity: string): Promise<void>;
};

/** Why a call of `createAdmin` failed. Contains no secret. */
export class AdminError extends Error {
  /** Always `AdminError`. */
  override readonly name = 'AdminError';
  /** Twilio's number, or one of the relay's codes: `not_found`, `misconfigured`, `verify_timeout`, … */
  readonly code: RelayCode | number;
  /** After `close`: what is left. `store`: keys of the user's passkeys. `entity`: the user's Entity and its Factors. */
  readonly left: readonly ('store' | 'entity')[];
  /** The `Twilio-Request-Id` of Verify's last answer, by which Twilio's support finds the call. */
  readonly requestId: string | undefined;

  /** `createAdmin` makes these errors. */
  constructor(
    code: RelayCode | number,
    message: string,
    {
      cause,
      left = [],
      requestId,
    }: { cause?: unknown; left?: readonly ('store' | 'entity')[]; requestId?: string | undefined },
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.left = left;
    this.requestId = requestId;
  }
}

/**
 * Creates the operator's half of the relay, for support staff, scripts and "delete my account". Whoever can call it can
 * remove anybody's passkeys: let your own checks stand in front of it.
 *
 * @throws TypeError that names the option, if one is missing or malformed.
 * @example
 * ```ts
 * const admin = createAdmin({
 *   serviceSid: process.env.TWILIO_VERIFY_SERVICE_SID!,
 *   apiKey: process.env.TWILIO_API_KEY!,
 *   apiKeySecret: process.env.TWILIO_API_KEY_SECRET!,
 *   storage: new Map<string, string>(), // the relay's
 * });
 * await admin.close('6f1d4f0e-0b0a-4f0e-9a52-2f2b3c4d5e6f');
 * ```
 */
export function createAdmin(config: AdminConfig): Admin {
  const connection = readConnection(config, createDemand('createAdmin'));

  /** Runs one call with a deadline of its own, and turns a refusal into an AdminError. */
  async function run<T>(work: (context: ReturnType<typeof start>) => Promise<T>): Promise<T> {
    const trace: Trace = {};
    const left: ('store' | 'entity')[] = [];
    try {
      return await work(start(trace, left));
    } catch (error) {
      if (!isThrown(error, Refusal)) throw error;
      const { code, details } = error;
      const message = details.message ?? (typeof code === 'string' ? refusals[code][1] : String(code));
      const cause = error.cause === undefined ? undefined : withoutSecrets(error.cause, connection.secrets);
      throw new AdminError(code, [message, details.note].filter(Boolean).join(' '), {
        cause,
        left,
        requestId: trace.requestId,
      });
    }
  }

  function start(trace: Trace, left: ('store' | 'entity')[]) {
    const deadline = startDeadline(connection.timeout);
    const verify = createVerify(connection, deadline, trace);
    const owners = createOwners(connection, deadline);
    // Nobody leaves: only the deadline ends these calls.
    return { ...connection, verify, owners, left, caller: { signal: new AbortController().signal } };
  }

  return {
    async list(identity) {
      demandIdentity('list', identity);
      return run(async (context) => {
        const factors = (await readFactors(context, context.caller, identity)).filter(isPasskey);
        const presented = await Promise.all(factors.map((factor) => present(context, factor)));
        return presented.map(({ sid, friendly_name, credential_id, aaguid, date_created, last_used }) => ({
          sid,
          friendlyName: friendly_name,
          credentialId: credential_id,
          aaguid,
          dateCreated: date_created,
          lastUsed: last_used,
        }));
      });
    },
    async remove(identity, sid) {
      demandIdentity('remove', identity);
      if (typeof sid !== 'string' || !sidOf('YF').test(sid)) {
        throw new TypeError('remove: sid must be YF and 32 hex digits');
      }
      return run(async ({ verify, owners, caller }) => {
        const { path } = await findOwn({ verify }, caller, sid, identity);
        await verify(caller, { method: 'DELETE', path });
        await forgetNewest(owners, identity, sid);
        await owners.forget(sid);
      });
    },
    async close(identity) {
      demandIdentity('close', identity);
      return run(async ({ verify, owners, caller, left, ...connected }) => {
        left.push('store', 'entity');
        const factors = await readFactors({ ...connected, verify }, caller, identity);
        const sids = factors.map(({ sid }) => sid);
        // The store first: Verify can list the Factors again as long as it has the Entity, so this can be repeated.
        await forgetUser(owners, identity, sids);
        left.shift();
        await verify(caller, { method: 'DELETE', path: `/Entities/${identity}` }).catch((error: unknown) => {
          if (!isMissingEntity(error)) throw error;
        });
        // A registration that was being answered meanwhile may have written again.
        left.splice(0, 1, 'store');
        await forgetUser(owners, identity, sids);
      });
    },
  };
}

/** Forgets these Factors of a user, those that the store knows besides, and the user. */
async function forgetUser(owners: Owners, identity: string, listed: string[]): Promise<void> {
  const newest = (await owners.findNewest(identity))?.factorSid ?? [];
  const sids = new Set([...listed, ...Object.keys(await owners.findKnown(identity)), newest].flat());
  for (const sid of sids) await owners.forget(sid);
  await owners.setNewest(identity, undefined);
  await owners.setKnown(identity, {});
}

function demandIdentity(method: string, identity: unknown): void {
  if (typeof identity !== 'string' || !identityPattern.test(identity)) {
    throw new TypeError(`${method}: identity must be 8 to 64 letters, digits and dashes`);
  }
}
