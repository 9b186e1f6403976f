import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';

const defaultPort = 443;
/** More than any server shows. */
const mostCertificates = 32;

/** A host and a port: `host`, `host:port`, `[address]:port`. */
export function endpointOf(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain = text, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d*))?$/.exec(text) ?? [];
  return { host: bracketed ?? plain, port: port ? Number(port) : defaultPort };
}

/**
 * The certificates that a server shows, its own first, in DER. None is checked.
 * @throws Error when there is no TLS within the time
 */
export async function tlsChainOf(text: string, timeoutMs: number, signal: AbortSignal): Promise<Buffer[]> {
  const { host, port } = endpointOf(text);
  // The name of a server is none when it is an address (RFC 6066, 3).
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const either = timeoutMs > 0 ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]) : signal;
  const socket = tls.connect({ host, port, ...servername, rejectUnauthorized: false, minVersion: 'TLSv1' });
  try {
    await once(socket, 'secureConnect', { signal: either });
    const chain: Buffer[] = [];
    let certificate: tls.DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
    while (certificate?.raw !== undefined && chain.length < mostCertificates) {
      chain.push(certificate.raw);
      const issuer: tls.DetailedPeerCertificate | undefined = certificate.issuerCertificate;
      certificate = issuer === certificate ? undefined : issuer;
    }
    return chain;
  } finally {
    socket.destroy();
  }
}
