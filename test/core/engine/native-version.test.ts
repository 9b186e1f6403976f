import assert from 'node:assert/strict';
import { after, suite, test } from 'node:test';
import type { SqlValue } from '../../../core/src/engine/native.ts';
import { golden, openTables } from './native-harness.ts';

suite('versions', () => {
  interface VersionRecord {
    readonly a: string;
    readonly b: string;
    readonly generic: number;
    readonly ARCH: number;
    readonly DPKG: number;
    readonly RHEL: number;
  }
  const records = golden<VersionRecord>('version-compare.jsonl');
  const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
  const connection = openTables({});
  after(() => connection.close());

  for (const [flavour, collation] of Object.entries({
    generic: 'version',
    ARCH: 'VERSION_ARCH',
    DPKG: 'version_dpkg',
    RHEL: 'version_rhel',
  })) {
    test(`compare as osquery's in the flavour ${flavour}, by collation and by function`, () => {
      for (const record of records) {
        const [a, b] = [quoted(record.a), quoted(record.b)];
        const third = flavour === 'generic' ? '' : `, '${flavour.toLowerCase()}'`;
        const sql = `select (${a} > ${b} collate ${collation}) - (${a} < ${b} collate ${collation}), version_compare(${a}, ${b}${third})`;
        const expected: SqlValue = record[flavour as keyof VersionRecord];
        assert.deepEqual(connection.query(sql), [[expected, expected]], `${record.a} ${record.b}`);
      }
    });
  }

  test('order rows', () => {
    const sql = "select column1 from (values ('1.10'), ('1.9'), ('1.2')) order by column1 collate version";
    assert.deepEqual(connection.query(sql).flat(), ['1.2', '1.9', '1.10']);
  });

  test('ask for two texts and a known flavour', () => {
    assert.equal(
      connection.fault("select version_compare('1', 2)").message,
      'Must provide two version strings to compare.',
    );
    assert.equal(
      connection.fault("select version_compare('1', '2', 3)").message,
      'The optional third parameter is not a string.',
    );
    assert.match(connection.fault("select version_compare('1', '2', 'x')").message, /does not match one of/);
  });
});
