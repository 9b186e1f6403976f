import { accessSync, constants, existsSync, lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OutpostError, socketPathLimit, unixEndpoint } from '@outpost/protocol';

/** Bytes that the number of an extension takes behind the manager's path: a dot and five digits. */
const suffixBytes = 6;

const mayWrite = (path: string): boolean => {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false; // whatever the reason, the caller says what it means
  }
};

/** The socket of an extension. */
export const extensionSocket = (managerSocket: string, uuid: number): string => `${managerSocket}.${uuid}`;

/**
 * Checks whether a manager can listen at `path`, and its extensions beside it. Whether another agent serves it already is found
 * out by listening.
 *
 * @throws OutpostError SOCKET_PATH_TOO_LONG, EXTENSIONS_SOCKET_TOO_LONG, EXTENSIONS_SOCKET_READONLY,
 *   EXTENSIONS_SOCKET_DIRECTORY_MISSING, EXTENSIONS_SOCKET_DIRECTORY_READONLY
 */
export function checkSocketPath(path: string): void {
  unixEndpoint(path);
  const length = Buffer.byteLength(path);
  const limit = socketPathLimit - suffixBytes;
  if (length > limit) throw new OutpostError('EXTENSIONS_SOCKET_TOO_LONG', { path, length, limit });
  if (existsSync(path) && !mayWrite(path)) throw new OutpostError('EXTENSIONS_SOCKET_READONLY', { path });
  if (!existsSync(dirname(path))) throw new OutpostError('EXTENSIONS_SOCKET_DIRECTORY_MISSING', { path });
  if (!mayWrite(dirname(path))) throw new OutpostError('EXTENSIONS_SOCKET_DIRECTORY_READONLY', { path });
}

/**
 * Removes a socket if it is one and this user's, or that of the user who registered the extension.
 * @returns whether it did
 */
export function removeOwnSocket(path: string, registrant?: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isSocket()) return false;
  if (stat.uid !== process.geteuid?.() && stat.uid !== registrant) return false;
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false; // its process was quicker
    throw error;
  }
}

/**
 * Removes the sockets that extensions of a former agent left beside the manager's. An extension that is still alive learns from
 * this manager that it is not registered, and registers anew.
 *
 * @returns the paths that were removed
 */
export function removeStaleSockets(managerSocket: string): string[] {
  const prefix = `${basename(managerSocket)}.`;
  return readdirSync(dirname(managerSocket))
    .filter(name => name.startsWith(prefix) && /^\d{1,5}$/.test(name.slice(prefix.length)))
    .map(name => join(dirname(managerSocket), name))
    .filter(path => removeOwnSocket(path));
}
