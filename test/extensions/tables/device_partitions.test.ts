import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileView } from '@outpost/sdk';
import fc from 'fast-check';
import { devicePartitions } from '../../../extensions/tables/src/common/device_partitions.ts';
import { parseExtSuperblock } from '../../../extensions/tables/src/lib/ext-superblock.ts';
import { readLayout } from '../../../extensions/tables/src/lib/partitions/read.ts';
import { directoryWith, machineWith, rowsOf } from './machine.ts';

const sector = 512;

/** A boot sector with entries of type, first sector and length. */
function bootSector(...entries: readonly (readonly [type: number, start: number, length: number])[]): Buffer {
  const bytes = Buffer.alloc(sector);
  entries.forEach(([type, start, length], index) => {
    const at = 446 + index * 16;
    bytes.writeUInt8(type, at + 4);
    bytes.writeUInt32LE(start, at + 8);
    bytes.writeUInt32LE(length, at + 12);
  });
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

function image(sectors: number, parts: Readonly<Record<number, Buffer>>): Buffer {
  const bytes = Buffer.alloc(sectors * sector);
  for (const [at, part] of Object.entries(parts)) part.copy(bytes, Number(at) * sector);
  return bytes;
}

const mbr = image(200, {
  0: bootSector([0x83, 10, 40], [0x05, 60, 100]),
  60: bootSector([0x07, 2, 20], [0x05, 50, 30]),
  110: bootSector([0x82, 1, 29]),
});

function gptEntry(start: number, end: number, name: string): Buffer {
  const entry = Buffer.alloc(128);
  entry.fill(7, 0, 32);
  entry.writeBigUInt64LE(BigInt(start), 32);
  entry.writeBigUInt64LE(BigInt(end), 40);
  entry.write(name, 56, 'utf16le');
  return entry;
}

function gptHeader(): Buffer {
  const header = Buffer.alloc(sector);
  header.write('EFI PART');
  header.writeBigUInt64LE(2n, 72);
  header.writeUInt32LE(128, 80);
  header.writeUInt32LE(128, 84);
  return header;
}

const gpt = image(4096, {
  0: bootSector([0xee, 1, 4095]),
  1: gptHeader(),
  2: Buffer.concat([gptEntry(2048, 3071, 'EFI System'), Buffer.alloc(128), gptEntry(40, 139, 'r\u00e4t')]),
});

const order = ['partition', 'label', 'type', 'offset', 'blocks_size', 'blocks', 'inodes', 'flags'];
const table = (files: ReturnType<typeof fileView>, device: string) =>
  rowsOf(devicePartitions, { files, where: { device } }).map(row => order.map(name => row[name]));

test('reads a master boot record with logical partitions', t => {
  assert.deepEqual(table(machineWith(t, { 'disk.img': mbr }), '/disk.img'), [
    [0, 'Primary Table (#0)', 'meta', 0, 512, 1, -1, 4],
    [1, 'Unallocated', 'unallocated', 0, 512, 10, -1, 2],
    [2, 'Linux (0x83)', 'normal', 10 * 512, 512, 40, -1, 1],
    [3, 'Unallocated', 'unallocated', 50 * 512, 512, 12, -1, 2],
    [4, 'DOS Extended (0x05)', 'meta', 60 * 512, 512, 100, -1, 4],
    [5, 'Extended Table (#1)', 'meta', 60 * 512, 512, 1, -1, 4],
    [6, 'NTFS / exFAT (0x07)', 'normal', 62 * 512, 512, 20, -1, 1],
    [7, 'Unallocated', 'unallocated', 82 * 512, 512, 29, -1, 2],
    [8, 'DOS Extended (0x05)', 'meta', 110 * 512, 512, 30, -1, 4],
    [9, 'Extended Table (#2)', 'meta', 110 * 512, 512, 1, -1, 4],
    [10, 'Linux Swap / Solaris x86 (0x82)', 'normal', 111 * 512, 512, 29, -1, 1],
    [11, 'Unallocated', 'unallocated', 140 * 512, 512, 60, -1, 2],
  ]);
});

test('reads a GUID partition table', t => {
  const rows = table(machineWith(t, { 'disk.img': gpt, link: { link: 'disk.img' } }), '/link');
  assert.deepEqual(
    rows.map(([, label, type, offset, , blocks]) => [label, type, Number(offset) / 512, blocks]),
    [
      ['Safety Table', 'meta', 0, 1],
      ['Unallocated', 'unallocated', 0, 40],
      ['GPT Header', 'meta', 1, 1],
      ['Partition Table', 'meta', 2, 32],
      ['r\u00e4t', 'normal', 40, 100],
      ['Unallocated', 'unallocated', 140, 1908],
      ['EFI System', 'normal', 2048, 1024],
      ['Unallocated', 'unallocated', 3072, 1024],
    ],
  );
});

test('what is no device, or has no table, has no rows', t => {
  const files = machineWith(t, { empty: '', text: 'x'.repeat(5000), dir: { directory: true } });
  for (const device of ['/empty', '/text', '/dir', '/none', 'relative', '/dev/null'])
    assert.deepEqual(table(files, device), []);
  assert.deepEqual(table(fileView(), '/dev/null'), []);
});

const mkfs = '/usr/sbin/mke2fs';
for (const type of ['ext2', 'ext3', 'ext4'] as const)
  test(`knows ${type} as mke2fs makes it`, { skip: !existsSync(mkfs) && `${mkfs} is not here` }, t => {
    const path = join(directoryWith(t, { 'disk.img': image(1, { 0: bootSector([0x83, 2048, 16384]) }) }), 'disk.img');
    truncateSync(path, 20_000 * sector);
    execFileSync(mkfs, [
      '-q',
      '-F',
      '-t',
      type,
      '-b',
      '1024',
      '-N',
      '512',
      '-E',
      `offset=${2048 * sector}`,
      path,
      '8192',
    ]);
    const [row] = rowsOf(devicePartitions, { where: { device: path } }).filter(({ label }) => label === 'Linux (0x83)');
    assert.deepEqual([row?.type, row?.blocks_size, row?.blocks, row?.inodes], [type, 1024, 8192, 512]);
  });

test('a list of logical partitions that leads in a circle ends', () => {
  const circle = image(10, { 0: bootSector([0x05, 1, 8]), 1: bootSector([0x05, 0, 8], [0x83, 1, 1]) });
  const read = (offset: number, bytes: number) => circle.subarray(offset, offset + bytes);
  assert.ok((readLayout(read, circle.length)?.stretches.length ?? 0) < 1000);
});

test('no content makes the parsers throw', () => {
  const patches = fc.array(fc.record({ at: fc.nat(8191), bytes: fc.uint8Array({ maxLength: 16 }) }), { maxLength: 8 });
  fc.assert(
    fc.property(fc.boolean(), patches, (guid, list) => {
      const disk = Buffer.from(guid ? gpt : mbr).subarray(0, 100 * sector);
      for (const { at, bytes } of list) Buffer.from(bytes).copy(disk, at);
      const layout = readLayout((offset, bytes) => disk.subarray(offset, offset + bytes), disk.length);
      for (const { start, length } of layout?.stretches ?? [])
        assert.ok(Number.isSafeInteger((start + length) * 4096) && length > 0);
    }),
    { numRuns: 300 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1024, maxLength: 1024 }), bytes => {
      const block = Buffer.from(bytes);
      block.writeUInt16LE(0xef53, 56);
      assert.ok(!Number.isNaN(parseExtSuperblock(block)?.blocks));
    }),
  );
});
