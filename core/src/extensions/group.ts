import { readFileSync } from 'node:fs';
import { OutpostError, type Peer } from '@outpost/protocol';

/** Where the names of groups are (group(5)). */
const groupFile = '/etc/group';

/**
 * The number of the group that `--extensions_group` names.
 * @param name a name of /etc/group, or a number; '' for no group
 * @throws OutpostError EXTENSIONS_GROUP_UNKNOWN
 */
export const groupNumber = (name: string): number | undefined => {
  if (name === '') return undefined;
  if (/^\d{1,10}$/.test(name)) return Number(name);
  const lines = readFileSync(groupFile, 'utf8').split('\n');
  const [, , number = ''] = lines.map(line => line.split(':')).find(([own]) => own === name) ?? [];
  if (!/^\d+$/.test(number)) throw new OutpostError('EXTENSIONS_GROUP_UNKNOWN', { group: name });
  return Number(number);
};

/**
 * Whether a process may register extensions: one of root, of the agent's own user, or of a member of the group that is let in. Where
 * nobody can tell who a peer is, the mode of the socket has already kept everybody else out.
 */
export const mayRegister = (peer: Peer, group?: number): boolean => {
  if (peer === undefined || peer.uid === 0 || peer.uid === (process.geteuid?.() ?? peer.uid)) return true;
  return group !== undefined && (peer.gid === group || peer.groups?.includes(group) === true);
};
