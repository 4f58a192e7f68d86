/** Plays navigator.credentials in an engine without WebAuthn. It makes keys and signs with Web Crypto. */

declare global {
  /** Controls what the user does, and lists the calls to navigator.credentials. */
  var authenticator: {
    /** Whether the user touches the authenticator at once. A conditional get always waits for `confirm`. */
    isPresent: boolean;
    /** Answers every call that waits. */
    confirm(): void;
    /** `create`, `get` or `get conditional`, in order. */
    asked: string[];
  };
}

/** Adds it to the bare page, before its script. */
export const withCredentials = (page: string): string =>
  page.replace('<script type="module">', `<script>(${installCredentials})()</script><script type="module">`);

/** Runs in the page. */
function installCredentials(): void {
  type Key = { id: Uint8Array<ArrayBuffer>; rpId: string; userHandle: ArrayBuffer; pair: CryptoKeyPair };
  type Question = { signal?: AbortSignal; mediation?: string; publicKey?: { timeout?: number } };
  const keys: Key[] = [];
  let confirm: () => void = () => {};

  const text = (value: string) => new TextEncoder().encode(value);
  const join = (...parts: ArrayLike<number>[]) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));
  const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const toBytes = (source: BufferSource) =>
    source instanceof ArrayBuffer
      ? new Uint8Array(source)
      : new Uint8Array(source.buffer as ArrayBuffer, source.byteOffset, source.byteLength);
  const toBase64url = (bytes: Uint8Array) =>
    btoa(String.fromCharCode(...bytes))
      .replace(/\+/g, '-')
      .replace(/\//g, '_')
      .replace(/=+$/, '');
  const isSame = (one: Uint8Array, other: Uint8Array) => toBase64url(one) === toBase64url(other);

  /** Waits for the user as a browser does: until they confirm, the signal aborts or the timeout is over. */
  function ask(what: string, { signal, mediation, publicKey }: Question): Promise<void> {
    authenticator.asked.push([what, mediation].filter(Boolean).join(' '));
    return new Promise((resolve, reject) => {
      const refuse = () => reject(new DOMException('The operation timed out.', 'NotAllowedError'));
      if (signal?.aborted) return reject(signal.reason);
      signal?.addEventListener('abort', () => reject(signal.reason));
      if (authenticator.isPresent && !mediation) return resolve();
      // A conditional get ignores the timeout of its options.
      if (!mediation && publicKey?.timeout) setTimeout(refuse, publicKey.timeout);
      const before = confirm;
      confirm = () => {
        before();
        resolve();
      };
    });
  }

  const toClientData = (type: string, challenge: BufferSource) =>
    text(
      JSON.stringify({
        type,
        challenge: toBase64url(toBytes(challenge)),
        origin: self.origin,
        crossOrigin: false,
      }),
    );

  /** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
  const toAuthenticatorData = async (rpId: string, flags: number) =>
    join(await sha256(text(rpId)), [flags], [0, 0, 0, 0]);

  class PublicKeyCredential {
    readonly type = 'public-key';
    readonly authenticatorAttachment = 'platform';
    readonly id: string;
    readonly rawId: ArrayBuffer;
    readonly response: object;
    constructor(id: Uint8Array<ArrayBuffer>, response: object) {
      this.id = toBase64url(id);
      this.rawId = id.buffer;
      this.response = response;
    }
    getClientExtensionResults() {
      return {};
    }
    static isConditionalMediationAvailable() {
      return Promise.resolve(true);
    }
    static isUserVerifyingPlatformAuthenticatorAvailable() {
      return Promise.resolve(true);
    }
  }

  async function create(options: CredentialCreationOptions) {
    const { challenge, rp, user, excludeCredentials = [] } = options.publicKey!;
    await ask('create', options as Question);
    if (
      keys.some((key) => excludeCredentials.some(({ id: excluded }) => isSame(toBytes(excluded), key.id)))
    ) {
      throw new DOMException('It is registered already.', 'InvalidStateError');
    }
    const rpId = rp.id ?? location.hostname;
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const id = crypto.getRandomValues(new Uint8Array(32));
    keys.push({ id, rpId, userHandle: toBytes(user.id).slice().buffer, pair });
    // A raw public key is a point: 4, x, y. https://www.rfc-editor.org/rfc/rfc9053#section-7.1.1
    const point = new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey));
    const head = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32];
    const cose = join(head, point.slice(1, 33), [0x22, 0x58, 32], point.slice(33));
    const attested = join(new Uint8Array(16), [0, id.length], id, cose);
    const authData = join(await toAuthenticatorData(rpId, 0x45), attested);
    // A map of fmt, attStmt and authData. https://www.w3.org/TR/webauthn-3/#sctn-generating-an-attestation-object
    const attestationObject = join(
      [0xa3, 0x63, ...text('fmt'), 0x64, ...text('none'), 0x67, ...text('attStmt'), 0xa0],
      [0x68, ...text('authData'), 0x58, authData.length],
      authData,
    );
    return new PublicKeyCredential(id, {
      clientDataJSON: toClientData('webauthn.create', challenge).buffer,
      attestationObject: attestationObject.buffer,
      getTransports: () => ['internal'],
    });
  }

  async function get(options: CredentialRequestOptions) {
    const { challenge, rpId = location.hostname, allowCredentials = [] } = options.publicKey!;
    await ask('get', options as Question);
    const isAllowed = (held: Key) =>
      allowCredentials.length === 0 || allowCredentials.some(({ id }) => isSame(toBytes(id), held.id));
    const key = keys.findLast((held) => held.rpId === rpId && isAllowed(held));
    if (!key) throw new DOMException('No passkey of this site.', 'NotAllowedError');
    const clientDataJSON = toClientData('webauthn.get', challenge);
    const authenticatorData = await toAuthenticatorData(rpId, 0x05);
    const signed = join(authenticatorData, await sha256(clientDataJSON));
    const algorithm = { name: 'ECDSA', hash: 'SHA-256' };
    const raw = new Uint8Array(await crypto.subtle.sign(algorithm, key.pair.privateKey, signed));
    return new PublicKeyCredential(key.id, {
      clientDataJSON: clientDataJSON.buffer,
      authenticatorData: authenticatorData.buffer,
      signature: toDer(raw).buffer,
      userHandle: key.userHandle,
    });
  }

  /** WebAuthn's signature is two integers in DER, Web Crypto's is two halves. https://www.rfc-editor.org/rfc/rfc3279#section-2.2.3 */
  function toDer(raw: Uint8Array) {
    const integers = [raw.slice(0, 32), raw.slice(32)].map((half) => {
      const first = half.findIndex((byte) => byte !== 0);
      const bytes = half.slice(first);
      const positive = bytes[0]! > 127 ? [0, ...bytes] : [...bytes];
      return [2, positive.length, ...positive];
    });
    const both = integers.flat();
    return Uint8Array.from([0x30, both.length, ...both]);
  }

  globalThis.authenticator = {
    isPresent: true,
    asked: [],
    confirm() {
      const waiting = confirm;
      confirm = () => {};
      waiting();
    },
  };
  Object.assign(globalThis, { PublicKeyCredential });
  Object.defineProperty(navigator, 'credentials', { value: { create, get } });
}
