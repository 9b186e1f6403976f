import type { Dirent, Stats } from 'node:fs';
import { defineTable, type FileView, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { ownerNames } from '../lib/owner-names.ts';

const roots = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/tmp'] as const;
const setUser = 0o4000;
const setGroup = 0o2000;
const maxDepth = 64;

/** What {@link suidFiles} asks of a query's context. */
interface Search {
  readonly files: FileView;
  readonly losses: Losses;
  readonly context: { readonly aborted: boolean };
}

/** Whether the entry may lead to a regular file; links are followed to files, but not into directories. */
const mayBeFile = (entry: Dirent): boolean => entry.isFile() || entry.isSymbolicLink();

/** The regular files below a directory that have one of the bits. A file that vanishes is passed over. */
function* suidFiles(search: Search, directory: string, depth = 1): Generator<[string, Stats]> {
  const { files, losses, context } = search;
  const entries = losses.attempt(directory, () => files.readdirTypes(directory)) ?? [];
  for (const entry of entries) {
    if (context.aborted) return;
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) {
      if (depth < maxDepth) yield* suidFiles(search, path, depth + 1);
    } else if (mayBeFile(entry)) {
      const found = losses.attempt(path, () => files.stat(path));
      if (found?.isFile() && (found.mode & (setUser | setGroup)) !== 0) yield [path, found];
    }
  }
}

/** Programs that run as somebody else than who starts them. */
export const suidBin = defineTable({
  name: 'suid_bin',
  description: 'Files with set-uid or set-gid bits in the usual binary directories.',
  platforms: ['linux', 'macos'],
  attributes: { cacheable: true },
  examples: [
    "select path from suid_bin where username = 'root' and permissions like 'S%'",
    "select s.path, h.sha256 from suid_bin s join hash h using (path) where s.path like '/tmp/%'",
  ],
  columns: {
    path: text('Path of the file'),
    username: text('User that owns it; the number where there is no name'),
    groupname: text('Group that owns it; the number where there is no name'),
    permissions: text('S when it runs as that user, G when as that group, SG for both'),
    ...pidWithNamespace,
  },
  *generate(context) {
    const losses = new Losses('cannot be looked at');
    for (const { files, pid } of placesOf(context)) {
      const { userName, groupName } = ownerNames(files);
      for (const root of roots)
        for (const [path, { mode, uid, gid }] of suidFiles({ files, losses, context }, root))
          yield {
            path,
            username: userName(uid),
            groupname: groupName(gid),
            permissions: ((mode & setUser) === 0 ? '' : 'S') + ((mode & setGroup) === 0 ? '' : 'G'),
            pid_with_namespace: pid,
          };
    }
    losses.report(context);
  },
});
