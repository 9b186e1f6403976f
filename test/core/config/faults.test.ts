import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultText } from '../../../core/src/config/index.ts';
import { harness } from './harness.ts';

const query = (text: string): string => `{\n "schedule": {\n  "q": ${text}\n }\n}`;

/** Text of a configuration, and every fault of it. */
const cases: readonly (readonly [name: string, text: string, ...faults: string[]])[] = [
  ['nothing', '', 'c:1:1: A value is expected here.'],
  ['another root', ' []', 'c:1:2: An object is expected here, not an array.'],
  ['text without quotes', '{\n  "a": yes\n}', 'c:2:8: This is no JSON value: text must stand in double quotes.'],
  ['a missing comma', '{\n "a": 1\n "b": 2}', 'c:3:2: A comma is expected here.'],
  ['a missing colon', '{"a" 1}', 'c:1:6: A colon is expected here, between key and value.'],
  ['a missing brace', '{"a": {}', 'c:1:9: A } is expected here.'],
  ['something behind the end', '{} x', 'c:1:4: This is no JSON value: text must stand in double quotes.'],
  ['a string over two lines', '{"a": "x\ny"}', 'c:1:7: The string that begins here does not end on its line.'],
  ['an error behind comments', '# one\n// two\n{"a":\n  # three\n  }', 'c:5:3: A value is expected here.'],
  [
    'an error behind joined lines',
    '{"a": "x \\\n y", \\\n "b" 1}',
    'c:3:6: A colon is expected here, between key and value.',
  ],
  ['columns are characters', '{"\u{1f600}": x}', 'c:1:7: This is no JSON value: text must stand in double quotes.'],
  ['Windows lines', '{\r\n# c\r\n"a" 1}', 'c:3:5: A colon is expected here, between key and value.'],
  ['too deep', `{"a":\n${'['.repeat(32)}${']'.repeat(32)}}`, 'c:2:32: The configuration has more than 32 levels.'],
  [
    'a scalar too deep',
    `{"a":${'['.repeat(31)}1${']'.repeat(31)}}`,
    'c:1:37: The configuration has more than 32 levels.',
  ],
  ['a bomb', '['.repeat(2_000_000), 'c:1:33: The configuration has more than 32 levels.'],
  ['a crooked bomb', '[},'.repeat(600_000), 'c:1:97: The configuration has more than 32 levels.'],
  ['too large', `{"a":"${'x'.repeat(4_194_304)}"}`, 'c:1:1: The configuration has more than 4194304 bytes.'],
  [
    'a query that stands twice',
    '{"schedule": {"q": {"query": "select 1"},\n "q": {"query": "select 2"}}}',
    'c:2:2: The key q stands here a second time, and only the first one counts. (/schedule/q)',
  ],
  [
    'a schedule that is none',
    '{"schedule": []}',
    'c:1:14: The key schedule is an array; an object is expected. (/schedule)',
  ],
  ['a query that is none', query('5'), 'c:3:8: The query q is a number; an object is expected. (/schedule/q)'],
  [
    'a query without SQL',
    query('{"interval": 5}'),
    'c:3:3: The query q has no SQL: the key query must be a string that is not empty. (/schedule/q)',
  ],
  [
    'an interval of zero',
    query('{"query": "select 1", "interval": 0}'),
    'c:3:42: Query has invalid interval: q: 0. A whole number of seconds from 1 to 604800 is expected. (/schedule/q/interval)',
  ],
  [
    'an interval in words',
    query('{"query": "select 1", "interval": "daily"}'),
    'c:3:42: Query has invalid interval: q: "daily". A whole number of seconds from 1 to 604800 is expected. (/schedule/q/interval)',
  ],
  [
    'a reserved name',
    '{"schedule": {"a.epoch": {"query": "select 1"}}}',
    'c:1:15: Invalid query name: a.epoch ends with one of the reserved suffixes: epoch, counter (/schedule/a.epoch)',
  ],
  [
    'bad SQL',
    query('{"query": "selec 1"}'),
    'c:3:18: The query q is not run: near "selec 1": syntax error (/schedule/q/query)',
  ],
  [
    'a mistyped key',
    '{"shedule": {}}',
    'c:1:2: The key shedule is not known and has no effect. Did you mean schedule? (/shedule)',
  ],
  [
    'a mistyped key of a query',
    query('{"query": "select 1", "intervall": 5}'),
    'c:3:30: The key intervall is not known and has no effect. Did you mean interval? (/schedule/q/intervall)',
  ],
  ['keys of others', '{"comment": 1, "x": {"y": 2}, "schedule": {"q": {"query": "select 1", "notes": []}}}'],
  ['a key of another shape', '{"views": 5}', 'c:1:11: Error config views should be an array or object. (/views)'],
  [
    'a pack of another shape',
    '{"packs": {"a/b~": 5}}',
    'c:1:20: The pack a/b~ is a number; an object or a string is expected. (/packs/a~1b~0)',
  ],
  ['a pack that is missing', '{"packs": {"p": "/none"}}', 'c:1:17: Error reading the query pack named: p (/packs/p)'],
  [
    'a pack file that is broken',
    '{"packs": {"p": "bad.conf"}}',
    'c:1:17: Error parsing the "p" pack JSON (/packs/p)',
    'bad.conf:2:1: A } is expected here.',
  ],
  [
    'a query of a pack file',
    '{"packs": {"p": "good.conf"}}',
    'good.conf:2:26: The query pack_p_a is not run: near "drop": syntax error (/queries/a/query)',
  ],
  [
    'a query twice',
    '{"schedule": {"pack_p_a": {"query": "select 1"}}, "packs": {"p": {"queries": {"a": {"query": "select 2"}}}}}',
    'c:1:94: The query pack_p_a is scheduled twice; the other one is in c. (/packs/p/queries/a/query)',
  ],
  [
    'an unknown option',
    '{"options": {"loger_path": "/x"}}',
    'c:1:14: Cannot set unknown or invalid flag: loger_path. Did you mean logger_path? (/options/loger_path)',
  ],
];

describe('what is wrong with a configuration', () => {
  for (const [name, text, ...expected] of cases)
    it(name, async () => {
      const { config, plugin } = harness();
      plugin.sources = { c: text };
      plugin.packs = { 'bad.conf': '{\n', 'good.conf': '{"queries":\n {"a": {"query":         "drop"}}}' };
      await config.refresh();
      assert.deepEqual(config.faults.map(faultText), expected);
    });

  it('tells errors from warnings', async () => {
    const { config, plugin, status } = harness();
    plugin.sources = { c: '{"shedule": {}, "schedule": {"q": 1}, "packz": {}}' };
    const errors = await config.check();
    assert.deepEqual(errors.map(faultText), ['c:1:35: The query q is a number; an object is expected. (/schedule/q)']);
    assert.deepEqual(
      status.lines.map(line => line.slice(0, 12)),
      ['W c:1:39: Th', 'E c:1:35: Th'],
    );
  });

  it('fails the check when there is no configuration', async () => {
    const { config, plugin } = harness();
    plugin.failure = 'config file does not exist: /x';
    const errors = await config.check();
    assert.deepEqual(errors.map(faultText), ['scripted: Error reading config: config file does not exist: /x']);
    assert.deepEqual([config.valid, config.hash], [false, '']);
  });
});
