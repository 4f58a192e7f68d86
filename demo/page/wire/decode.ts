/** Decodes the binary members of a credential: the values, and the bytes that hold them. It loads on first use. */
import {
  convertAAGUIDToString,
  decodeAttestationObject,
  decodeClientDataJSON,
  isoBase64URL,
  isoUint8Array,
  parseAuthenticatorData,
} from '@simplewebauthn/server/helpers';
import { nameAuthenticator } from '../authenticators.ts';
import type { Member } from './draw-json.ts';
import { decodePublicKey, show } from './public-key.ts';

/** A decoded value, or a group of values. */
export type Row = { label: string; value?: string; note?: string; rows?: Row[] };

/** A named range of bytes. */
export type Part = { name: string; bytes: Uint8Array };

export type DecodedMember = { rows: Row[]; parts: Part[] };

/** Decodes a member. Throws if the text does not hold what the member's name says. */
export function decode(member: Member, text: string): DecodedMember {
  const bytes = isoBase64URL.toBuffer(text);
  if (member === 'clientDataJSON') return decodeClientData(text, bytes);
  if (member === 'attestationObject') return decodeAttestation(bytes);
  if (member === 'authenticatorData') return decodeAuthenticatorData(bytes);
  return decodeSignature(bytes);
}

function decodeClientData(text: string, bytes: Uint8Array): DecodedMember {
  const data = decodeClientDataJSON(text);
  const rows = Object.entries(data).map(([label, value]): Row => {
    const shown = JSON.stringify(value);
    if (label !== 'challenge') return { label, value: shown };
    const sid = isoBase64URL.toUTF8String(data.challenge);
    return { label, value: shown, note: `the text ${sid}` };
  });
  return { rows, parts: [{ name: 'JSON in UTF-8', bytes }] };
}

function decodeAttestation(bytes: Uint8Array<ArrayBuffer>): DecodedMember {
  const object = decodeAttestationObject(bytes);
  const authData = object.get('authData');
  const inner = decodeAuthenticatorData(authData);
  const start = indexOf(bytes, authData);
  const statement = object.get('attStmt') as unknown as Map<string, unknown>;
  return {
    rows: [
      { label: 'fmt', value: JSON.stringify(object.get('fmt')) },
      {
        label: 'attStmt',
        ...(statement.size === 0
          ? { value: '{}', note: 'no attestation was asked for' }
          : { rows: [...statement].map(([label, value]) => ({ label, value: show(value) })) }),
      },
      { label: 'authData', note: `${authData.length} bytes`, rows: inner.rows },
    ],
    parts: [
      { name: 'CBOR: fmt, attStmt', bytes: bytes.subarray(0, start) },
      ...inner.parts,
      { name: 'CBOR: rest', bytes: bytes.subarray(start + authData.length) },
    ].filter((part) => part.bytes.length > 0),
  };
}

const flagNames = {
  up: 'UP, user present',
  uv: 'UV, user verified',
  be: 'BE, may be backed up',
  bs: 'BS, is backed up',
  at: 'AT, attested credential data follows',
  ed: 'ED, extension data follows',
};

/** https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
function decodeAuthenticatorData(bytes: Uint8Array<ArrayBuffer>): DecodedMember {
  const data = parseAuthenticatorData(bytes);
  const { rpIdHash, flags, flagsBuf, counter, counterBuf, aaguid, credentialID, credentialPublicKey } = data;
  const rows: Row[] = [
    { label: 'rpIdHash', value: isoUint8Array.toHex(rpIdHash), note: 'SHA-256 of the relying party id' },
    {
      label: 'flags',
      value: `0x${flags.flagsInt.toString(16).padStart(2, '0')}`,
      rows: Object.entries(flagNames).map(([name, label]) => ({
        label,
        value: flags[name as keyof typeof flagNames] ? 'yes' : 'no',
      })),
    },
    {
      label: 'signCount',
      value: String(counter),
      ...(counter === 0 && { note: 'the authenticator keeps no counter, or the passkey is new' }),
    },
  ];
  const parts: Part[] = [
    { name: 'rpIdHash', bytes: rpIdHash },
    { name: 'flags', bytes: flagsBuf },
    { name: 'signCount', bytes: counterBuf },
  ];
  if (aaguid && credentialID && credentialPublicKey) {
    const uuid = convertAAGUIDToString(aaguid);
    rows.push(
      { label: 'aaguid', value: uuid, note: nameAuthenticator(uuid) },
      {
        label: 'credentialId',
        value: isoBase64URL.fromBuffer(credentialID),
        note: `${credentialID.length} bytes`,
      },
      { label: 'credentialPublicKey', rows: decodePublicKey(credentialPublicKey) },
    );
    parts.push(
      { name: 'aaguid', bytes: aaguid },
      { name: 'credentialIdLength', bytes: bytes.subarray(53, 55) },
      { name: 'credentialId', bytes: credentialID },
      { name: 'credentialPublicKey', bytes: credentialPublicKey },
    );
  }
  if (data.extensionsDataBuffer) {
    rows.push({ label: 'extensions', value: JSON.stringify(data.extensionsData) });
    parts.push({ name: 'extensions', bytes: data.extensionsDataBuffer });
  }
  return { rows, parts };
}

/** An ECDSA signature is a DER sequence of two integers. Any other signature is shown as bytes. */
function decodeSignature(bytes: Uint8Array<ArrayBuffer>): DecodedMember {
  const rLength = bytes[3] ?? 0;
  const isSequence =
    bytes[0] === 0x30 && bytes[1] === bytes.length - 2 && bytes[2] === 2 && bytes[4 + rLength] === 2;
  if (!isSequence) {
    return {
      rows: [{ label: 'signature', note: `${bytes.length} bytes` }],
      parts: [{ name: 'signature', bytes }],
    };
  }
  const r = bytes.subarray(4, 4 + rLength);
  const s = bytes.subarray(6 + rLength);
  return {
    rows: [
      {
        label: 'form',
        value: 'ECDSA in DER',
        note: 'over authenticatorData and the SHA-256 of clientDataJSON',
      },
      { label: 'r', value: isoUint8Array.toHex(r) },
      { label: 's', value: isoUint8Array.toHex(s) },
    ],
    parts: [
      { name: 'DER', bytes: bytes.subarray(0, 4) },
      { name: 'r', bytes: r },
      { name: 'DER', bytes: bytes.subarray(4 + rLength, 6 + rLength) },
      { name: 's', bytes: s },
    ],
  };
}

function indexOf(whole: Uint8Array, part: Uint8Array): number {
  return whole.findIndex((_, start) => part.every((byte, i) => whole[start + i] === byte));
}
