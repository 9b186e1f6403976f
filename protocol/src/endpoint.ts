import { OutpostError } from './errors.ts';

/** Bytes that the path in a Unix socket address holds, without its final NUL (Linux: sockaddr_un.sun_path has 108). */
export const socketPathLimit = 107;

/** Where a server listens. */
export interface Endpoint {
  readonly kind: 'unix';
  readonly path: string;
}

/**
 * The endpoint of a Unix socket.
 *
 * @throws OutpostError SOCKET_PATH_TOO_LONG when the path does not fit a socket address: the kernel or libuv would cut it off.
 */
export function unixEndpoint(path: string): Endpoint {
  const length = Buffer.byteLength(path);
  if (length > socketPathLimit) {
    throw new OutpostError('SOCKET_PATH_TOO_LONG', { path, length, limit: socketPathLimit });
  }
  return { kind: 'unix', path };
}
