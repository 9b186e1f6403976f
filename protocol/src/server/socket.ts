import { chmodSync, lchownSync, lstatSync, type Stats, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { isMainThread } from 'node:worker_threads';
import { OutpostError } from '../errors.ts';

const probeTimeoutMs = 1000;

const statOf = (path: string): Stats | undefined => lstatSync(path, { throwIfNoEntry: false });

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Whether a process listens at a socket. One that is too busy to take the connection does. */
const isListening = (path: string): Promise<boolean> => {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect({ path });
  socket.setTimeout(probeTimeoutMs, () => resolve(true));
  socket.once('connect', () => resolve(true));
  socket.once('error', error => resolve(!['ECONNREFUSED', 'ENOENT'].includes(codeOf(error))));
  return promise.finally(() => socket.destroy());
};

/** An empty file of this user: what mkstemp(3) makes to reserve a path, as osquery-python does before it starts an agent. */
const isPlaceholder = (stat: Stats): boolean => stat.isFile() && stat.size === 0 && stat.uid === process.geteuid?.();

/** Removes what stands at a path, unless it has been replaced since. */
const remove = (path: string, { ino }: Stats): void => {
  if (statOf(path)?.ino === ino) unlinkSync(path);
};

/**
 * Removes the socket that a process left behind when it died, or a placeholder.
 *
 * @throws OutpostError SOCKET_IN_USE when somebody listens there; SOCKET_PATH_OCCUPIED when it is no socket, or not ours
 */
const removeStale = async (path: string): Promise<void> => {
  const stat = statOf(path);
  if (stat === undefined) return;
  if (isPlaceholder(stat)) return remove(path, stat);
  if (!stat.isSocket())
    throw new OutpostError('SOCKET_PATH_OCCUPIED', { path, reason: 'a file of another kind is there' });
  if (await isListening(path)) throw new OutpostError('SOCKET_IN_USE', { path });
  const uid = process.geteuid?.();
  if (stat.uid !== uid) {
    throw new OutpostError('SOCKET_PATH_OCCUPIED', {
      path,
      reason: `the user ${stat.uid} owns the socket that is there`,
    });
  }
  remove(path, stat);
};

/**
 * Runs a function under the umask 0177. A worker thread cannot change the umask of its process; there the mode is set right
 * afterwards.
 */
const withPrivateUmask = (run: () => void): void => {
  if (!isMainThread) return run();
  const umask = process.umask(0o177);
  try {
    run();
  } finally {
    process.umask(umask);
  }
};

/** Lets the members of a group connect, too. */
const admit = (path: string, group: number): void => {
  try {
    lchownSync(path, -1, group);
    chmodSync(path, 0o660);
  } catch (cause) {
    const reason = `it cannot be given to the group ${group} (${codeOf(cause)})`;
    throw new OutpostError('SOCKET_UNUSABLE', { path, reason }, { cause });
  }
};

/**
 * Makes a server listen on a Unix socket that only this user may connect to (mode 0600), or the members of a group, too (0660).
 *
 * @throws OutpostError SOCKET_IN_USE, SOCKET_PATH_OCCUPIED or SOCKET_UNUSABLE
 */
export async function listen(server: Server, path: string, group?: number): Promise<void> {
  try {
    await removeStale(path);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.once('listening', resolve);
    withPrivateUmask(() => server.listen({ path }));
    await promise;
    server.off('error', reject);
    chmodSync(path, 0o600);
    if (group !== undefined) admit(path, group);
  } catch (cause) {
    if (server.listening) server.close();
    if (cause instanceof OutpostError) throw cause;
    if (codeOf(cause) === 'EADDRINUSE') throw new OutpostError('SOCKET_IN_USE', { path }, { cause });
    throw new OutpostError('SOCKET_UNUSABLE', { path, reason: codeOf(cause) }, { cause });
  }
}
