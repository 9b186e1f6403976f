import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mapFile } from '../../../core/src/system.ts';
import { RecordFile } from '../../../core/src/watchdog/record-file.ts';
import { RunRecord, recordBytes, recordedText } from '../../../core/src/watchdog/run-record.ts';

const names = fc.record({
  lane: fc.constantFrom('scheduled', 'live', 'extension'),
  name: fc.string(),
  sql: fc.string(),
});

/** A text as far as so many bytes of UTF-8 hold whole characters. */
const cut = (text: string, bytes: number): string => {
  const room = Buffer.alloc(bytes);
  return room.toString('utf8', 0, room.write(text));
};

test('what begins and has not ended is read, whatever its texts are', () => {
  fc.assert(
    fc.property(fc.array(names, { maxLength: 32 }), fc.array(fc.nat(31)), (queries, ended) => {
      const record = new RunRecord(new ArrayBuffer(recordBytes));
      queries.forEach(query => {
        const slot = record.take();
        assert.ok(slot !== undefined);
        record.begin(slot, query);
      });
      for (const slot of ended) record.end(slot);
      const left = queries.filter((_, slot) => !ended.includes(slot));
      assert.deepEqual(
        record.read().map(({ lane, name, sql }) => ({ lane, name, sql })),
        left.map(({ lane, name, sql }) => ({ lane, name: cut(name, 174), sql: recordedText(sql) })),
      );
    }),
  );
});

test('slots are given out once, and again after they were given back', () => {
  const record = new RunRecord(new ArrayBuffer(recordBytes));
  const slots = Array.from({ length: 32 }, () => record.take());
  assert.equal(new Set(slots).size, 32);
  assert.equal(record.take(), undefined);
  record.free(7);
  assert.equal(record.take(), 7);
});

test('the table that is asked is seen through the file, by who has mapped it anew; what was taken is gone', () => {
  const file = RecordFile.make();
  const main = new RunRecord(mapFile(file.descriptor, recordBytes));
  const slot = main.take() ?? 0;
  main.begin(slot, { lane: 'scheduled', name: 'heavy', sql: 'select 1' });
  const asks = new RunRecord(mapFile(file.descriptor, recordBytes)).tables(slot);
  asks('processes');
  asks(undefined);
  asks('größe');
  const [found, ...others] = file.take();
  assert.deepEqual([found?.name, found?.table, found?.atWork, others], ['heavy', 'größe', true, []]);
  assert.deepEqual(file.take(), []);
});
