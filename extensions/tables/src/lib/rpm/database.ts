import type { FileView } from '@outpost/sdk';
import type { Losses } from '../losses.ts';
import { OpenFile } from '../sys/open-file.ts';
import { sqliteRows } from '../sys/sqlite-file.ts';
import { bdbValues } from './bdb.ts';
import { RpmHeader, rpmTags } from './header.ts';
import { ndbHeaders } from './ndb.ts';

/** Where distributions keep the database; often the first is a link to another of them. */
const directories = ['/var/lib/rpm', '/usr/lib/sysimage/rpm', '/usr/share/rpm'] as const;

type Read = (files: FileView, path: string, names: readonly string[] | undefined) => Iterable<Uint8Array>;

function* fromSqlite(files: FileView, path: string, names: readonly string[] | undefined): Generator<Uint8Array> {
  const ofNames =
    'select blob from Packages where hnum in (select hnum from Name where key in (select value from json_each(?)))';
  const rows =
    names === undefined
      ? sqliteRows(files, path, 'select blob from Packages')
      : sqliteRows(files, path, ofNames, JSON.stringify(names));
  for (const { blob } of rows) if (blob instanceof Uint8Array) yield blob;
}

const fromPages = (headers: typeof ndbHeaders): Read =>
  function* (files, path) {
    using file = new OpenFile(files, path);
    yield* headers((offset, bytes) => file.readAt(offset, bytes));
  };

/** The formats of the database by their file, the newest first: a machine that was upgraded may have kept the file of the old one. */
const formats: readonly (readonly [string, Read])[] = [
  ['rpmdb.sqlite', fromSqlite],
  ['Packages.db', fromPages(ndbHeaders)],
  ['Packages', fromPages(bdbValues)],
];

function* blobsOf(files: FileView, names: readonly string[] | undefined, losses: Losses): Generator<Uint8Array> {
  for (const directory of directories)
    for (const [name, read] of formats) {
      const path = `${directory}/${name}`;
      if (!files.exists(path)) continue;
      try {
        yield* read(files, path, names);
      } catch (error) {
        losses.add(path, error instanceof Error ? error.message : String(error));
      }
      return;
    }
}

/** The headers of the installed packages: all, or those of the given names. */
export function* installedRpms(
  files: FileView,
  names: readonly string[] | undefined,
  losses: Losses,
): Generator<RpmHeader> {
  for (const blob of blobsOf(files, names, losses)) {
    const header = new RpmHeader(Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength));
    const name = header.text(rpmTags.name);
    if (name !== '' && (names?.includes(name) ?? true)) yield header;
  }
}
