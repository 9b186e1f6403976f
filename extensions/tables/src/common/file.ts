import type { Stats } from 'node:fs';
import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { kindOf, permissionsOf, secondsOf } from '../lib/file-kind.ts';
import { Losses } from '../lib/losses.ts';
import { namespaceColumns, type Place, placesOf } from '../lib/namespace.ts';
import { type SelectedPath, selectedPaths } from '../lib/path-constraints.ts';
import { absolutePath, filenameOf } from '../lib/paths.ts';
import { quietly } from '../lib/quietly.ts';
import { exactInode } from '../lib/sys/inode.ts';

const columns = {
  path: text('Path, or a LIKE or GLOB pattern of paths', { required: true, index: true, optimized: true }),
  directory: text('Its directory, or a LIKE or GLOB pattern of directories', { required: true, optimized: true }),
  filename: text('Name in its directory'),
  inode: bigint('Number of the inode'),
  uid: bigint('User that owns it'),
  gid: bigint('Group that owns it'),
  mode: text('Permissions, octal'),
  device: bigint('Device number of a device file'),
  size: bigint('Size in bytes'),
  block_size: integer('Block size of its file system'),
  atime: bigint('Last access, in seconds since 1970'),
  mtime: bigint('Last change of the content, in seconds since 1970'),
  ctime: bigint('Last change of the inode, in seconds since 1970'),
  btime: bigint('Always 0 on Linux'),
  hard_links: integer('Number of names'),
  symlink: integer('1 when the path is a symbolic link'),
  type: text('What the path leads to: regular, directory, character, block, fifo, socket or unknown'),
  symlink_target_path: text('What the link says'),
  attributes: text('File attributes', { platforms: ['windows'] }),
  volume_serial: text('Serial number of the volume', { platforms: ['windows'] }),
  file_id: text('Identifier of the file', { platforms: ['windows'] }),
  file_version: text('Version of the file', { collate: 'version', platforms: ['windows'] }),
  product_version: text('Version of the product', { collate: 'version', platforms: ['windows'] }),
  original_filename: text('Name the file was built with', { platforms: ['windows'] }),
  shortcut_target_path: text('Where a shortcut leads', { platforms: ['windows'] }),
  shortcut_target_type: text('What a shortcut leads to', { platforms: ['windows'] }),
  shortcut_target_location: text('Folder a shortcut leads to', { platforms: ['windows'] }),
  shortcut_start_in: text('Folder a shortcut starts in', { platforms: ['windows'] }),
  shortcut_run: text('Window a shortcut opens', { platforms: ['windows'] }),
  shortcut_comment: text('Comment of a shortcut', { platforms: ['windows'] }),
  bsd_flags: text('Flags of chflags(1)', { platforms: ['macos'] }),
  ...namespaceColumns,
} as const;

/** A path, what it is itself, and what it leads to. */
interface Looked {
  readonly self: Stats;
  readonly target: Stats | undefined;
  readonly link: string;
}

/** A path with a slash at its end names a directory, whatever links lead there. */
function look(files: FileView, path: string): Looked | undefined {
  if (path.endsWith('/')) {
    const found = files.stat(path);
    return found?.isDirectory() === true ? { self: found, target: found, link: '' } : undefined;
  }
  const self = files.lstat(path);
  if (self === undefined) return undefined;
  if (!self.isSymbolicLink()) return { self, target: self, link: '' };
  return { self, target: quietly(() => files.stat(path)), link: quietly(() => files.readlink(path)) ?? '' };
}

/** The number of a file; asked for again where it is larger than the first answer can tell. */
function inodeOf({ files }: Place, path: string, { ino }: Stats): number | bigint {
  return Number.isSafeInteger(ino) ? ino : (quietly(() => exactInode(files, absolutePath(path))) ?? ino);
}

function rowOf({ path, directory }: SelectedPath, { self, target, link }: Looked, place: Place) {
  const found = target ?? self;
  return {
    path,
    directory,
    filename: filenameOf(path),
    inode: inodeOf(place, path, found),
    uid: found.uid,
    gid: found.gid,
    mode: permissionsOf(found.mode),
    device: found.rdev,
    size: found.size,
    block_size: found.blksize,
    atime: secondsOf(found.atimeMs),
    mtime: secondsOf(found.mtimeMs),
    ctime: secondsOf(found.ctimeMs),
    btime: 0,
    hard_links: found.nlink,
    symlink: self.isSymbolicLink() ? 1 : 0,
    type: kindOf(target),
    symlink_target_path: link,
    pid_with_namespace: place.pid,
    mount_namespace_id: place.namespaceId,
  };
}

/** Node gives bytes of a name that are no UTF-8 as U+FFFD, and such a name leads nowhere. */
const replacement = '\ufffd';

/** Files by path, pattern or directory. */
export const file = defineTable({
  name: 'file',
  description: 'Metadata of the files at a given path, pattern or directory.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { utility: true },
  examples: [
    "select path, size, mtime from file where path = '/etc/passwd'",
    "select path, mode from file where path like '/etc/cron%/%%'",
    "select filename from file where directory = '/tmp'",
  ],
  columns,
  *generate(context) {
    const losses = new Losses('cannot be looked at');
    for (const place of placesOf(context))
      for (const selected of selectedPaths(context, place.files)) {
        if (context.aborted) return;
        const { path } = selected;
        if (path === '') continue;
        const found = losses.attempt(path, () => look(place.files, absolutePath(path)));
        if (found !== undefined) yield rowOf(selected, found, place);
        else if (path.includes(replacement)) losses.add(path, 'the name is not UTF-8');
      }
    losses.report(context);
  },
});
