import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fixture } from './fixture.ts';

/** Headers as rpm 4.18 wrote them into its database. */
export const headers = [fixture('rpm/plain.header'), fixture('rpm/hello-tool.header')] as const;

/** Adds rpm's database as Fedora has it to a directory. Its log is left full when `keepOpen` holds the database open. */
export function addSqlite(directory: string, blobs: readonly Buffer[], keepOpen = false): Disposable {
  const database = new DatabaseSync(join(directory, 'rpmdb.sqlite'));
  database.exec(`pragma journal_mode = wal;
    create table 'Packages' (hnum integer primary key autoincrement, blob blob not null);
    create table 'Name' (key 'TEXT' not null, hnum integer not null, idx integer not null)`);
  for (const [index, blob] of blobs.entries()) {
    database.prepare('insert into Packages (blob) values (?)').run(blob);
    const name = index === 0 ? 'plain' : 'hello-tool';
    database.prepare('insert into Name values (?, ?, 0)').run(name, index + 1);
  }
  if (!keepOpen) database.close();
  return { [Symbol.dispose]: () => keepOpen && database.close() };
}

/** A database as SUSE has it (lib/backend/ndb/rpmpkg.c of rpm), with a page of slots of which the first is free. */
export function ndbOf(blobs: readonly Buffer[]): Buffer {
  const pages = 1;
  const slots = Buffer.alloc(4096 * pages);
  slots.write('RpmP', 0, 'latin1');
  slots.writeUInt32LE(pages, 12);
  const contents = blobs.map((blob, index) => {
    const content = Buffer.alloc(Math.ceil((16 + blob.length + 12) / 16) * 16);
    content.write('BlbS', 0, 'latin1');
    content.writeUInt32LE(index + 1, 4);
    content.writeUInt32LE(blob.length, 12);
    blob.copy(content, 16);
    content.write('BlbE', content.length - 4, 'latin1');
    return content;
  });
  let block = slots.length / 16;
  for (let slot = 2; slot < slots.length / 16; slot += 1) {
    slots.write('Slot', slot * 16, 'latin1');
    const content = contents[slot - 3];
    if (content === undefined) continue;
    slots.writeUInt32LE(slot - 2, slot * 16 + 4);
    slots.writeUInt32LE(block, slot * 16 + 8);
    slots.writeUInt32LE(content.length / 16, slot * 16 + 12);
    block += content.length / 16;
  }
  return Buffer.concat([slots, ...contents]);
}

/** The same packages in a database of Berkeley DB, which rpm 4.18 reads. */
export const bdb = (): Buffer => fixture('rpm/Packages');
