import type { FileView } from '@outpost/sdk';
import { parsePasswd } from '../passwd.ts';
import { quietly } from '../quietly.ts';

/** Replaces a leading `~` or `~name` by a home directory (glob(3), GLOB_TILDE); unchanged when there is no such user. */
export function expandTilde(files: FileView, pattern: string): string {
  if (!pattern.startsWith('~')) return pattern;
  const end = pattern.indexOf('/');
  const name = pattern.slice(1, end < 0 ? undefined : end);
  const home = name === '' ? ownHome(files) : homeOf(files, user => user.name === name);
  return home === undefined ? pattern : home.replace(/\/+$/, '') + (end < 0 ? '' : pattern.slice(end));
}

function homeOf(files: FileView, wanted: (user: { name: string; uid: number }) => boolean): string | undefined {
  const passwd = quietly(() => files.readTextIfPresent('/etc/passwd')) ?? '';
  for (const user of parsePasswd(passwd)) if (wanted(user)) return user.directory;
  return undefined;
}

function ownHome(files: FileView): string | undefined {
  const fromEnvironment = process.env.HOME;
  if (fromEnvironment?.startsWith('/')) return fromEnvironment;
  const uid = process.getuid?.();
  return homeOf(files, user => user.uid === uid);
}
