import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Fifo } from '../../../examples/kinesis-logger/src/fifo.ts';
import { keyRule, noKeys } from '../../../examples/kinesis-logger/src/keys.ts';
import { envelopeOf, withLogType } from '../../../examples/kinesis-logger/src/line.ts';
import { type PackOptions, pack } from '../../../examples/kinesis-logger/src/pack.ts';
import { lineOf } from './trial.ts';

const options = (changes: Partial<PackOptions>): PackOptions => ({
  keys: noKeys,
  linesPerRecord: 1,
  terminator: '',
  recordBytes: 1024 * 1024,
  oversize: () => assert.fail('a line is too large'),
  ...changes,
});

test('the members of a line are read wherever they stand', () => {
  assert.deepEqual(envelopeOf(lineOf('q', 1, 'h')), { name: 'q', hostIdentifier: 'h' });
  const rows = '{"snapshot":[{"name":"x","hostIdentifier":"y"}],"name":"q \\"1\\"","hostIdentifier":"h"}';
  assert.deepEqual(envelopeOf(rows), { name: 'q "1"', hostIdentifier: 'h' });
  for (const line of ['', 'no JSON', '[]', 'null', '{"name":1}'])
    assert.deepEqual(envelopeOf(line), { name: '', hostIdentifier: '' });
});

test('log_type is the last member of an object, and nothing else is changed', () => {
  assert.equal(withLogType('{"a":1}', 'result'), '{"a":1,"log_type":"result"}');
  assert.equal(withLogType('{}', 'status'), '{"log_type":"status"}');
  assert.equal(withLogType('no JSON', 'result'), 'no JSON');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), members => {
      const { log_type: _own, ...others } = members;
      assert.deepEqual(
        JSON.parse(withLogType(JSON.stringify(others), 'result')),
        JSON.parse(JSON.stringify({ ...others, log_type: 'result' })),
      );
    }),
  );
});

test('partition keys follow the mode, and fit', () => {
  const keyOf = (mode: 'host' | 'query' | 'host_query', line: string): string => {
    const rule = keyRule(mode, 'this-host', true);
    return rule.keyOf(rule.groupOf(line));
  };
  assert.equal(keyOf('host', lineOf('q', 1, 'h')), 'h');
  assert.equal(keyOf('query', lineOf('q', 1, 'h')), 'q');
  assert.equal(keyOf('host_query', lineOf('q', 1, 'h')), 'h/q');
  assert.equal(keyOf('host', 'no JSON'), 'this-host');
  assert.equal(keyOf('query', '{"hostIdentifier":"h"}'), 'h');
  assert.match(keyOf('host', lineOf('q', 1, 'h'.repeat(257))), /^[0-9a-f]{64}$/);
  const random = keyRule('random', 'this-host', true);
  assert.notEqual(random.keyOf(''), random.keyOf(''));
  assert.equal(random.ordered, false);
});

test('a line is replaced by a notice from the first byte on that does not fit', () => {
  const line = lineOf('q', 7, 'h');
  const whole = withLogType(line, 'result');
  const room = whole.length + 'h'.length;
  const keys = keyRule('host', '', true);
  const [fits] = pack([line], 'result', options({ keys, recordBytes: room }));
  assert.equal(String(fits?.data), whole);
  assert.equal(fits?.bytes, room);
  let told = 0;
  const [notice] = pack([line], 'result', options({ keys, recordBytes: room - 1, oversize: () => (told += 1) }));
  const { name, sequence, action, bytes, limit } = JSON.parse(String(notice?.data));
  assert.deepEqual(
    { name, sequence, action, bytes, limit },
    { name: 'q', sequence: 7, action: 'oversize', bytes: room, limit: room - 1 },
  );
  assert.equal(told, 1);
});

test('records keep the lines of a key in order, and within their limits', () => {
  const line = fc.record({ name: fc.constantFrom('a', 'b', 'ü'), padding: fc.string({ maxLength: 60 }) });
  fc.assert(
    fc.property(
      fc.array(line),
      fc.integer({ min: 2, max: 5 }),
      fc.integer({ min: 400, max: 900 }),
      (specs, linesPerRecord, recordBytes) => {
        const lines = specs.map(({ name, padding }, index) => lineOf(name, index, 'h', padding));
        const keys = keyRule('query', '', true);
        const records = pack(
          lines,
          'result',
          options({ keys, linesPerRecord, recordBytes, terminator: '\n', oversize: () => undefined }),
        );
        for (const { data, bytes, key, lines: count } of records) {
          assert.equal(bytes, data.length + Buffer.byteLength(key));
          assert.ok(bytes <= recordBytes);
          assert.ok(count <= linesPerRecord);
          assert.equal(String(data).split('\n').length - 1, count);
        }
        for (const name of ['a', 'b', 'ü']) {
          const came = records
            .filter(({ key }) => key === name)
            .flatMap(({ data }) => String(data).split('\n').slice(0, -1));
          const numbers = came.map(text => (JSON.parse(text) as { sequence: number }).sequence);
          assert.deepEqual(
            numbers,
            specs.flatMap((spec, index) => (spec.name === name ? [index] : [])),
          );
        }
      },
    ),
  );
});

test('a queue gives what was put in, in its order', () => {
  const steps = fc.array(fc.oneof(fc.constant('shift' as const), fc.constant('keep' as const), fc.nat(9)), {
    maxLength: 3000,
    size: 'max',
  });
  fc.assert(
    fc.property(steps, given => {
      const queue = new Fifo<number>();
      let model: number[] = [];
      for (const step of given) {
        if (step === 'shift') assert.equal(queue.shift(), model.shift());
        else if (step === 'keep') {
          assert.deepEqual(
            queue.keep(item => item !== 3),
            model.filter(item => item === 3),
          );
          model = model.filter(item => item !== 3);
        } else {
          queue.push(step);
          model.push(step);
        }
        assert.equal(queue.length, model.length);
        assert.equal(queue.first, model[0]);
      }
    }),
    { numRuns: 50 },
  );
});
