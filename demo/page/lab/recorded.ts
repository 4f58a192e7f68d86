/** The two credentials of one passkey, recorded from Chromium's virtual authenticator on http://localhost:5173. */
import type { AuthenticationCredential, RegistrationCredential } from 'verify-passkeys';

export const registration = {
  id: 'lE5tCCkAJhgX5K_IIQrJQv44FgzljYG8YPog6_thp6s',
  rawId: 'lE5tCCkAJhgX5K_IIQrJQv44FgzljYG8YPog6_thp6s',
  authenticatorAttachment: 'platform',
  type: 'public-key',
  response: {
    clientDataJSON:
      'eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiV1VZd01qSXdZV000TVdObE4yUTBaamMzT0dVeVpHVTNORFF5TVRZM09UYzVNZyIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6NTE3MyIsImNyb3NzT3JpZ2luIjpmYWxzZX0',
    attestationObject:
      'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQFBgcIAQIDBAUGBwgAIJRObQgpACYYF-SvyCEKyUL-OBYM5Y2BvGD6IOv7YaerpQECAyYgASFYIKYNCK99jJ04Zm2LGt-ZFXgSCeQix7muToj5i_5z1sKzIlggly7SEutMJn-JOlbw05nxIlLBVcMGnV7aDR5eKWgqPJI',
    transports: ['internal'],
  },
} satisfies RegistrationCredential;

export const authentication = {
  id: 'lE5tCCkAJhgX5K_IIQrJQv44FgzljYG8YPog6_thp6s',
  rawId: 'lE5tCCkAJhgX5K_IIQrJQv44FgzljYG8YPog6_thp6s',
  authenticatorAttachment: 'platform',
  type: 'public-key',
  response: {
    clientDataJSON:
      'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiV1VObFl6aGxOV0l5TlRrNU16azBOamcxWW1aaE9XRmlZalJsTUdabE5tVTNZZyIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6NTE3MyIsImNyb3NzT3JpZ2luIjpmYWxzZX0',
    authenticatorData: 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg',
    signature:
      'MEUCIQDQwVdC1z44Pj6CsbNkhFlI0lAT8hGIECbfxH8Kkgy4vAIgE1D4gqeenPe1cTFUCxXLA0Y0OTf7B4RZxWs3oBvBSZs',
    userHandle: 'WUU1ZGI1NDg4ODI4NDQ0Y2ZhYTY2ZTdlOWE0NTI2NmVjNA',
  },
} satisfies AuthenticationCredential;
