/** Which hosts are this machine and no other. */

/** The host name in a `Host` header or an argument, as URL writes it; undefined if there is anything else in the text. */
export function readHostname(host: string): string | undefined {
  const url = URL.canParse(`http://${host}`) ? new URL(`http://${host}`) : undefined;
  return url?.href === `http://${url?.host}/` ? url.hostname : undefined;
}

/** Whether a host name, as URL writes it, can only be this machine: no DNS server is asked for it. */
export const isLoopback = (hostname: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
