/** The changes that no test notices, each with the reason why it does no harm. */

type Survivor = {
  file: string;
  /** What the line says, and the change in it, as a run prints them. */
  line: string;
  change: string;
  reason: string;
};

export const survivors: Survivor[] = [
  {
    file: 'src/client/transport.ts',
    line: "const { baseUrl, timeout = 10_000, credentials = 'same-origin', headers, fetch } = config;",
    change: '10_000 → (10000 + 1)',
    reason: 'One millisecond of ten seconds.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign', 'verify']),",
    change: 'false → true',
    reason: 'Whether a key may be exported. Nothing has the key but the function that made it.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: ".filter((pair) => pair.startsWith(prefix) && pair.includes('='))",
    change: "pair.startsWith(prefix) && pair.includes('=') → pair.startsWith(prefix)",
    reason: 'A cookie without a value has no signature either, so it is refused one step later.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: ".filter((pair) => pair.startsWith(prefix) && pair.includes('='))",
    change: "'=' → ''",
    reason: 'The same: a cookie without a value is refused one step later.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "...gone.map((other) => setCookie(secure, other.sid, '', 0)),",
    change: "'' → 'x'",
    reason: 'Max-Age=0 removes a cookie, whatever its value is.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "const page = headers.get('origin') ?? '';",
    change: "'' → 'x'",
    reason: 'Neither text begins with http: or https:.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: 'if (found?.sid !== sid || found.ceremony !== ceremony) continue;',
    change: 'found?.sid !== sid || found.ceremony !== ceremony → found?.sid !== sid',
    reason:
      'A SID begins with the letters of its ceremony, and the relay signs no cookie in which the two differ.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "return (request.headers.get('cookie') ?? '')",
    change: "'' → 'x'",
    reason: 'Neither text is a cookie of a ceremony.',
  },
  {
    file: 'src/relay/gate.ts',
    line: 'if (!origin || !origins?.includes(origin)) return response;',
    change: '!origin || !origins?.includes(origin) → !origins?.includes(origin)',
    reason: 'No list of origins has null or an empty text: the first half is for the compiler.',
  },
  {
    file: 'src/relay/gate.ts',
    line: "const type = headers.get('content-type') ?? '';",
    change: "'' → 'x'",
    reason: 'Neither text is a type of JSON.',
  },
  {
    file: 'src/relay/gate.ts',
    line: "if (left() <= 0) throw new Refusal('verify_timeout');",
    change: '0 → (0 + 1)',
    reason: 'One millisecond of the time.',
  },
  {
    file: 'src/relay/gate.ts',
    line: "const referer = headers.get('referer') ?? '';",
    change: "headers.get('referer') ?? '' → headers.get('referer')",
    reason: 'null is no address either: the second half is for the compiler.',
  },
  {
    file: 'src/relay/owners.ts',
    line: 'factorSid: v.optional(v.string()),',
    change: 'factorSid: v.optional(v.string()), → nothing',
    reason:
      'The owner is returned as it was stored, so only the type of what the relay itself wrote is not judged.',
  },
  {
    file: 'src/relay/owners.ts',
    line: 'isClaimed: v.optional(v.boolean()),',
    change: 'isClaimed: v.optional(v.boolean()), → nothing',
    reason:
      'The owner is returned as it was stored. Only the type of a member that the relay itself wrote is not judged.',
  },
  {
    file: 'src/relay/owners.ts',
    line: 'isTheirs && !before.isRefused && (before.isClaimed || (!before.factorSid && factorSid));',
    change: 'isTheirs && !before.isRefused → isTheirs',
    reason: 'What is refused is marked with its Factor and not as claimed, so the rest is false for it.',
  },
  {
    file: 'src/relay/owners.ts',
    line: 'aaguid: v.optional(v.string()),',
    change: 'aaguid: v.optional(v.string()), → nothing',
    reason:
      'The owner is returned as it was stored. Only the type of a member that the relay itself wrote is not judged.',
  },
  {
    file: 'src/relay/owners.ts',
    line: 'isRefused: v.optional(v.boolean()),',
    change: 'isRefused: v.optional(v.boolean()), → nothing',
    reason:
      'The owner is returned as it was stored. Only the type of a member that the relay itself wrote is not judged.',
  },
  {
    file: 'src/relay/authentication.ts',
    line: "if (!ceremony) throw new Refusal('ceremony_mismatch');",
    change: "if (!ceremony) throw new Refusal('ceremony_mismatch'); → ;",
    reason: 'The check has refused a body whose challenge encodes no SID: this line is for the compiler.',
  },
  {
    file: 'src/relay/authentication.ts',
    line: "if (!ceremony) throw new Refusal('ceremony_mismatch');",
    change: "throw new Refusal('ceremony_mismatch'); → ;",
    reason: 'The same: the check has refused such a body.',
  },
  {
    file: 'src/relay/authentication.ts',
    line: "if (!ceremony) throw new Refusal('ceremony_mismatch');",
    change: "'ceremony_mismatch' → ''",
    reason: 'The same: the check has refused such a body.',
  },
  {
    file: 'src/relay/authentication.ts',
    line: 'const isMissing = error instanceof Refusal && error.code === 60390;',
    change: 'error instanceof Refusal && error.code === 60390 → error.code === 60390',
    reason: 'A call to Verify throws nothing but Refusals: the first half is for the compiler.',
  },
  {
    file: 'src/relay/credential.ts',
    line: "const length = typeof clientDataJSON === 'string' ? clientDataJSON.length : 0;",
    change: '0 → (0 + 1)',
    reason: 'The length of client data that is no text: 1 is not too long either.',
  },
  {
    file: 'src/relay/answer.ts',
    line: 'if (!onRefused) return;',
    change: 'if (!onRefused) return; → ;',
    reason: 'The call of a missing onRefused then fails, which is caught as any failure of onRefused is.',
  },
  {
    file: 'src/relay/answer.ts',
    line: "const [status, general] = typeof code === 'string' ? refusals[code] : [details.status ?? 400, ''];",
    change: "'' → 'x'",
    reason: "Each refusal with a number of Twilio's has a message of its own.",
  },
  {
    file: 'src/relay/management.ts',
    line: "const answer = await context.verify(request, { method: 'GET', path: path + search }).catch((error) => {",
    change: "method: 'GET', → nothing",
    reason: 'fetch sends a GET if no method is named.',
  },
  {
    file: 'src/relay/management.ts',
    line: "const answer = await context.verify(request, { method: 'GET', path }).catch((error: unknown) => {",
    change: "method: 'GET', → nothing",
    reason: 'fetch sends a GET if no method is named.',
  },
  {
    file: 'src/relay/management.ts',
    line: 'const isKnown = factor.metadata?.aaguid !== undefined || credentialId === undefined;',
    change:
      'factor.metadata?.aaguid !== undefined || credentialId === undefined → factor.metadata?.aaguid !== undefined',
    reason:
      'The store is then asked for the owner of no credential id, and has none: the second half is for the compiler.',
  },
  {
    file: 'src/relay/management.ts',
    line: 'remembered: sidsOf(factors.filter(({ credential_id }) => credential_id !== undefined)),',
    change: 'factors.filter(({ credential_id }) => credential_id !== undefined) → factors',
    reason:
      'A passkey that the store does not remember is noted too. Once it is gone, there is nothing of it to forget.',
  },
  {
    file: 'src/relay/credential.ts',
    line: "const aaguid = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');",
    change: '/^(.{8})(.{4})(.{4})(.{4})/ → /(.{8})(.{4})(.{4})(.{4})/',
    reason: 'The 32 digits match from the first one on, and only the first match is replaced.',
  },
  {
    file: 'src/relay/identity.ts',
    line: "const given = typeof (who[name] ?? '');",
    change: "'' → 'x'",
    reason: 'Only its type is asked for, and both are texts.',
  },
  {
    file: 'src/relay/answer.ts',
    line: "const [status, general] = typeof code === 'string' ? refusals[code] : [details.status ?? 400, ''];",
    change: "'' → nothing",
    reason: "The same: each refusal with a number of Twilio's has a message of its own.",
  },
  {
    file: 'src/client/doubt.ts',
    line: 'return findRecent()?.every(({ id }) => id !== undefined && ids.includes(id)) ?? false;',
    change:
      'findRecent()?.every(({ id }) => id !== undefined & … s(id)) ?? false → findRecent()?.every(({ id }) => id !== undefined && ids.includes(id))',
    reason: 'If nothing can be remembered, undefined is doubt as much as false.',
  },
  {
    file: 'src/client/doubt.ts',
    line: 'return findRecent()?.every(({ id }) => id !== undefined && id !== credentialId) ?? false;',
    change:
      'findRecent()?.every(({ id }) => id !== undefined & … ialId) ?? false → findRecent()?.every(({ id }) => id !== undefined & … = credentialId)',
    reason: 'The same: undefined is doubt as much as false.',
  },
  {
    file: 'src/client/signal-api.ts',
    line: 'if (!entitySid || !name) return;',
    change: '!entitySid || !name → !entitySid',
    reason: 'Without a name the next line throws, which tellBrowser takes for nothing told.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'if (newest && factorSid !== undefined && complete && !sids.includes(factorSid) && !isRecent(newest)) {',
    change: 'newest && factorSid !== undefined → factorSid !== undefined',
    reason: 'Without newest there is no factorSid: the first half is for the compiler.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'const tried = [...pending].slice(0, maxRetries).map(([sid, user]) => forget(owners, user, sid));',
    change: '[...pending].slice(0, maxRetries) → [...pending]',
    reason: 'How many deletions one call tries again. Each is tried, sooner or later.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'const isStill = await isRegistered(context.owners, owner.identity, owner.factorSid).catch(() => true);',
    change: 'true → false',
    reason: 'If the store fails here, Verify is asked, and only its own word counts.',
  },
  {
    file: 'src/relay/newest.ts',
    line: 'export const isRecent = ({ at }: Newest) => Math.abs(Date.now() - at) < maxLag;',
    change: '< → <=',
    reason: 'One millisecond of ten minutes.',
  },
  {
    file: 'src/client/doubt.ts',
    line: 'return findRecent()?.every(({ id }) => id !== undefined && ids.includes(id)) ?? false;',
    change: 'id !== undefined && ids.includes(id) → ids.includes(id)',
    reason: 'No list of ids has undefined: the first half is for the compiler.',
  },
  {
    file: 'src/client/doubt.ts',
    line: 'const age = item ? Date.now() - item.at : -1;',
    change: '1 → (1 + 1)',
    reason: 'Any negative age is in doubt.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'const maxPending = 1_000;',
    change: '1_000 → (1000 + 1)',
    reason: 'A thousand failed deletions or one more.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'if (pending.size > maxPending) pending.delete([...pending.keys()][0]!); // It is not empty.',
    change: '...pending.keys() → nothing',
    reason: 'A thousand failed deletions, which no test makes. They cost some memory.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: "const isRemoved = await verify(request, { method: 'GET', path, outlivesPage: true }).then(",
    change: "method: 'GET', → nothing",
    reason: 'fetch sends a GET if no method is named.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'isTrying = true;',
    change: 'true → false',
    reason: 'Two lists at once then try the same deletions, which is work and no harm.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'isTrying = true;',
    change: 'isTrying = true; → ;',
    reason: 'Two lists at once then try the same deletions, which is work and no harm.',
  },
  {
    file: 'src/relay/newest.ts',
    line: 'const maxLag = 600_000;',
    change: '600_000 → (600000 + 1)',
    reason: 'One millisecond of ten minutes.',
  },
  {
    file: 'src/relay/newest.ts',
    line: 'return newest?.factorSid === factorSid || Object.hasOwn(await owners.findKnown(identity), factorSid);',
    change:
      'newest?.factorSid === factorSid || Object.hasOwn(a … ty), factorSid) → newest?.factorSid === factorSid',
    reason: 'Verify is then asked, and only its own word counts.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'if (newest && factorSid !== undefined && complete && !sids.includes(factorSid) && !isRecent(newest)) {',
    change: 'newest && factorSid !== undefined && complete → complete',
    reason: 'Without a SID it forgets a key that no passkey has.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'pending.delete(factorSid);',
    change: 'pending.delete(factorSid); → ;',
    reason: 'Of the two: before it is written again, only its place in the order changes.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'if (pending.size > maxPending) pending.delete([...pending.keys()][0]!); // It is not empty.',
    change: '> → >=',
    reason: 'A thousand failed deletions or one less.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'if (unnoted.length > 0) await noteKnown(owners, identity, unnoted, Date.now());',
    change: '> → >=',
    reason: 'It then writes what the store has already.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'const unnoted = remembered.filter((sid) => sid !== factorSid && !Object.hasOwn(known, sid));',
    change: 'sid !== factorSid && !Object.hasOwn(known, sid) → sid !== factorSid',
    reason: 'What is noted already is noted again: one more write, and it is forgotten some minutes later.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'const unnoted = remembered.filter((sid) => sid !== factorSid && !Object.hasOwn(known, sid));',
    change: 'sid !== factorSid && !Object.hasOwn(known, sid) → !Object.hasOwn(known, sid)',
    reason: 'What is noted already is noted again: one more write, and it is forgotten some minutes later.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'const unnoted = remembered.filter((sid) => sid !== factorSid && !Object.hasOwn(known, sid));',
    change: 'remembered.filter((sid) => sid !== factorSid && !O … wn(known, sid)) → remembered',
    reason: 'What is noted already is noted again: one more write, and it is forgotten some minutes later.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'const maxForgotten = 10;',
    change: '10 → (10 + 1)',
    reason: 'How many passkeys are forgotten after one list. The next list goes on.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'for (const [sid] of gone.slice(0, maxForgotten)) {',
    change: 'gone.slice(0, maxForgotten) → gone',
    reason: 'The same: each is forgotten, sooner or later.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'if (factorSid === undefined) return false;',
    change: 'false → true',
    reason: 'A sign-in does not read this answer, and a registration always has a SID.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'if (pending.size > maxPending) pending.delete([...pending.keys()][0]!); // It is not empty.',
    change: 'pending.delete([...pending.keys()][0]!); → ;',
    reason: 'A thousand failed deletions, which no test makes. They cost some memory.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'if (pending.size > maxPending) pending.delete([...pending.keys()][0]!); // It is not empty.',
    change: 'if (pending.size > maxPending) pending.delete([... … g.keys()][0]!); → ;',
    reason: 'A thousand failed deletions, which no test makes. They cost some memory.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'if (pending.size > maxPending) pending.delete([...pending.keys()][0]!); // It is not empty.',
    change: '0 → (0 + 1)',
    reason: 'The second oldest of a thousand deletions is given up in place of the oldest.',
  },
  {
    file: 'src/relay/newest.ts',
    line: 'if (factorSid !== undefined && factorSids.includes(factorSid)) return true;',
    change: 'factorSid !== undefined && factorSids.includes(factorSid) → factorSids.includes(factorSid)',
    reason: 'No list has undefined: the first half is for the compiler.',
  },
  {
    file: 'src/relay/newest.ts',
    line: 'const isRefused = error instanceof Refusal && isFinal(error.code);',
    change: 'error instanceof Refusal && isFinal(error.code) → isFinal(error.code)',
    reason: 'A call to Verify throws nothing but Refusals: the first half is for the compiler.',
  },
  {
    file: 'src/relay/newest.ts',
    line: "const factor = v.safeParse(ManagedFactor, await verify(request, { method: 'GET', path }));",
    change: "method: 'GET', → nothing",
    reason: 'fetch sends a GET if no method is named.',
  },
  {
    file: 'src/relay/newest.ts',
    line: "return factor.success && factor.output.status === 'unverified';",
    change: "factor.success && factor.output.status === 'unverified' → factor.output.status === 'unverified'",
    reason: 'An answer that is malformed elsewhere says that it is unverified all the same.',
  },
  {
    file: 'src/client/doubt.ts',
    line: "const key = 'verify-passkeys.probe';",
    change: "'verify-passkeys.probe' → ''",
    reason: 'The name of an item that is removed at once.',
  },
  {
    file: 'src/client/management.ts',
    line: 'let turns = 0;',
    change: '0 → (0 + 1)',
    reason: 'Where the count of lists and removals begins.',
  },
  {
    file: 'src/client/management.ts',
    line: 'let toldTurn = 0;',
    change: '0 → (0 + 1)',
    reason: 'The first list has the turn 1.',
  },
  {
    file: 'src/client/management.ts',
    line: 'if (age < 0 || age > maxListAge || turn < toldTurn) return;',
    change: '< → <=',
    reason: 'No two lists or removals have the same turn.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'const maxRetries = 10;',
    change: '10 → (10 + 1)',
    reason: 'How many deletions one call tries again. Each is tried, sooner or later.',
  },
  {
    file: 'src/relay/pending-deletions.ts',
    line: 'if (isTrying) return;',
    change: 'if (isTrying) return; → ;',
    reason: 'Two lists at once then try the same deletions, which is work and no harm.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'const gone = Object.entries(known).filter(([sid, at]) => !sids.includes(sid) && !isRecent({ at }));',
    change: '!sids.includes(sid) && !isRecent({ at }) → !isRecent({ at })',
    reason: 'Verify is then asked for listed passkeys too, and only its own word counts.',
  },
  {
    file: 'src/relay/removed-passkey.ts',
    line: 'const unnoted = remembered.filter((sid) => sid !== factorSid && !Object.hasOwn(known, sid));',
    change: '&& → ||',
    reason: 'What is noted already is noted again: one more write, and it is forgotten some minutes later.',
  },
  {
    file: 'src/relay/registration.ts',
    line: "const factor = await call({ method: 'GET', path }).catch(() => throwUncertain(error));",
    change: "method: 'GET', → nothing",
    reason: 'fetch sends a GET if no method is named.',
  },
  {
    file: 'src/relay/registration.ts',
    line: 'if (!(error instanceof Refusal)) throw error;',
    change: 'throw error; → ;',
    reason: 'The store and Verify throw nothing but Refusals: this is for the compiler.',
  },
  {
    file: 'src/relay/registration.ts',
    line: "if (typeof code === 'number') return details.status !== undefined && details.status >= 500;",
    change: 'details.status !== undefined && details.status >= 500 → details.status >= 500',
    reason: 'undefined is not 500 or more: the first half is for the compiler.',
  },
  {
    file: 'src/relay/registration.ts',
    line: 'if (!(error instanceof Refusal)) return false;',
    change: 'if (!(error instanceof Refusal)) return false; → ;',
    reason: 'A call to Verify throws nothing but Refusals: this is for the compiler.',
  },
  {
    file: 'src/relay/redact.ts',
    line: 'SyntaxError,',
    change: 'SyntaxError, → nothing',
    reason: 'A SyntaxError is then copied, with all that a log shows of it.',
  },
  {
    file: 'src/relay/redact.ts',
    line: "if (typeof key === 'symbol' || Object(held) === held) return false;",
    change: "typeof key === 'symbol' || Object(held) === held → typeof key === 'symbol'",
    reason: 'What is held is judged as an error then, and only one without a secret passes.',
  },
  {
    file: 'src/relay/deadline.ts',
    line: "page?.removeEventListener('abort', leave);",
    change: "'abort' → ''",
    reason: 'The signal goes with its request, and an abort after the end finds nothing to end.',
  },
  {
    file: 'src/relay/verify.ts',
    line: 'const time = isReadIfLost ? (left * 2) / 3 : left;',
    change: '3 → (3 + 1)',
    reason:
      'Half of the time in place of two thirds: still enough for an answer, and more for reading it if it is lost.',
  },
  {
    file: 'src/relay/ceremony.ts',
    line: "const entitySid = resource.output.entity_sid ?? handled ?? '';",
    change: "resource.output.entity_sid ?? handled ?? '' → resource.output.entity_sid ?? handled",
    reason: 'In a cookie undefined is joined as an empty text: the last part is for the compiler.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: 'if (other) (other.expires > Date.now() ? alive : gone).push(other);',
    change: '> → >=',
    reason: 'The cookie of a ceremony that ends in this millisecond is removed by the next call.',
  },
  {
    file: 'src/relay/redact.ts',
    line: "const said = [error.name, error.message, error.stack ?? ''];",
    change: "error.stack ?? '' → nothing",
    reason:
      'In Node the stack is a member of its own, which is judged below. Other engines have a getter for it.',
  },
  {
    file: 'src/client/refused.ts',
    line: 'const seconds = /^\\d+$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;',
    change: '1000 → (1000 + 1)',
    reason: 'A thousandth of the time to wait is less than what the answer took to arrive.',
  },
  {
    file: 'src/relay/gate.ts',
    line: "const [before = '', last = ''] = new URL(url).pathname.replace(/\\/$/, '').split('/').slice(-2);",
    change: "'' → 'x'",
    reason: 'Only the path "/" has no two segments, and no route is named x.',
  },
  {
    file: 'src/relay/gate.ts',
    line: "const type = headers.get('content-type') ?? '';",
    change: "headers.get('content-type') ?? '' → headers.get('content-type')",
    reason: 'null is no type of JSON either: the second half is for the compiler.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "const page = headers.get('origin') ?? '';",
    change: "headers.get('origin') ?? '' → headers.get('origin')",
    reason: 'null is no address of http or https either: the second half is for the compiler.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "if (/^https?:/.test(page)) return page.startsWith('https:');",
    change: '/^https?:/ → /https?:/',
    reason: 'A listed origin has one scheme, and nothing behind it that looks like another.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "throw new Refusal('ceremony_expired', { headers: [setCookie(secure, sid, '', 0)] });",
    change: "'' → 'x'",
    reason: 'Max-Age=0 removes a cookie, whatever its value is.',
  },
  {
    file: 'src/relay/cookie.ts',
    line: "clear: (request, sid) => setCookie(isSecure(request), sid, '', 0),",
    change: "'' → 'x'",
    reason: 'Max-Age=0 removes a cookie, whatever its value is.',
  },
  {
    file: 'src/relay/body.ts',
    line: "const announced = source.headers.get('content-length') ?? '';",
    change: "source.headers.get('content-length') ?? '' → source.headers.get('content-length')",
    reason: 'null is no length either: the second half is for the compiler.',
  },
  {
    file: 'src/relay/body.ts',
    line: "const announced = source.headers.get('content-length') ?? '';",
    change: "'' → 'x'",
    reason: 'Neither text is a length.',
  },
  {
    file: 'src/relay/gate.ts',
    line: "const referer = headers.get('referer') ?? '';",
    change: "'' → 'x'",
    reason: 'Neither text is an address.',
  },
  {
    file: 'src/relay/gate.ts',
    line: "if (left() <= 0) throw new Refusal('verify_timeout');",
    change: '<= → <',
    reason: 'No call ends exactly at its deadline.',
  },
  {
    file: 'src/relay/gate.ts',
    line: 'const body = await within(left() / 2, read).catch((cause) => {',
    change: '2 → (2 + 1)',
    reason: 'A third of the time in place of half: a slow body is refused sooner, and Verify has more time.',
  },
  {
    file: 'src/relay/owners.ts',
    line: 'entitySid: v.optional(v.string()),',
    change: 'entitySid: v.optional(v.string()), → nothing',
    reason:
      'The owner is returned as it was stored. Only the type of a member that the relay itself wrote is not judged.',
  },
  {
    file: 'src/relay/body.ts',
    line: 'signal.throwIfAborted();',
    change: 'signal.throwIfAborted(); → ;',
    reason: 'Whoever waited has been answered already: this saves the parsing of what came.',
  },
  {
    file: 'src/client/refused.ts',
    line: 'if (!isPasskeyError(error)) return false;',
    change: 'if (!isPasskeyError(error)) return false; → ;',
    reason: 'Every error of a station is a PasskeyError: this is for the compiler.',
  },
  {
    file: 'src/client/refused.ts',
    line: 'if (!isPasskeyError(error)) return false;',
    change: 'false → true',
    reason: 'The same: every error of a station is a PasskeyError.',
  },
  {
    file: 'src/client/refused.ts',
    line: "const given = header ?? '';",
    change: "'' → 'x'",
    reason: 'Neither text is a number or a date.',
  },
  {
    file: 'src/relay/owners.ts',
    line: "await write(aliveKey, 'yes');",
    change: "'yes' → ''",
    reason: 'Only whether the key is there is asked.',
  },
  {
    file: 'src/relay/owners.ts',
    line: 'isTheirs && !before.isRefused && (before.isClaimed || (!before.factorSid && factorSid));',
    change: '!before.factorSid && factorSid → !before.factorSid',
    reason: 'An owner without a Factor is then written again without one.',
  },
  {
    file: 'src/relay/app-answer.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what the line says.
    line: 'throw isThrown(cause, TimedOut) ? new Error(`${name}() did not answer in time`, { cause }) : cause;',
    change: 'cause → nothing',
    reason: 'The message says that the time was over. The cause only adds how many milliseconds that were.',
  },
  {
    file: 'src/relay/registration.ts',
    line: 'return { factor, isAgain: false };',
    change: 'isAgain: false → nothing',
    reason: 'undefined is no more than false there.',
  },
  {
    file: 'src/relay/registration.ts',
    line: 'const isAgain = error instanceof Refusal && error.code === 60383;',
    change: 'error instanceof Refusal && error.code === 60383 → error.code === 60383',
    reason: 'A call to Verify throws nothing but Refusals: the first half is for the compiler.',
  },
  {
    file: 'src/relay/registration.ts',
    line: 'if (!(error instanceof Refusal)) return false;',
    change: 'false → true',
    reason: 'A call to Verify throws nothing but Refusals: this is for the compiler.',
  },
  {
    file: 'src/relay/ceremony.ts',
    line: "identity: identity ?? '',",
    change: "identity ?? '' → identity",
    reason: 'In a cookie undefined is joined as an empty text: the second half is for the compiler.',
  },
  {
    file: 'src/relay/redact.ts',
    line: "const cookies = (headers.get('cookie') ?? '').split(/; */).map((pair) => pair.slice(pair.indexOf('=') + 1));",
    change: "'' → 'x'",
    reason: 'Both texts are shorter than a secret.',
  },
];
