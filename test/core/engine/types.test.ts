// Values that an extension gives as strings, on their way to the manager's query and to the shell's JSON: see test/golden.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PluginResponse } from '@outpost/protocol';
import { bytesToText } from '@outpost/sdk';
import { EngineSource } from '../../../core/src/shell/source/local.ts';
import { runInProcess } from '../shell/host.ts';
import { answered, openExtension } from './extension-harness.ts';
import { askManager } from './golden-sql-harness.ts';
import { golden } from './native-harness.ts';

type GoldenText = string | { readonly hex: string };
type GoldenRow = Readonly<Record<string, GoldenText>>;

interface TypeRecord {
  readonly case: string;
  readonly value?: GoldenText;
  readonly rowid?: string | null;
  readonly sql: string;
  readonly api: readonly GoldenRow[] | { readonly message: string };
  readonly shell_json?: readonly GoldenRow[];
  readonly shell_stdout_hex?: string;
}

const table = {
  table: 'ty',
  routes: Object.entries({
    s: 'TEXT',
    n: 'INTEGER',
    b: 'BIGINT',
    u: 'UNSIGNED BIGINT',
    d: 'DOUBLE',
    x: 'BLOB',
    f: 'FOO',
  }).map(([name, type]) => ({ id: 'column', name, type, op: '0' })),
};

const textOf = (value: GoldenText): string => {
  if (value === 'x repeated 3000 times') return 'x'.repeat(3000);
  return typeof value === 'string' ? value : bytesToText(Buffer.from(value.hex, 'hex'));
};

const everywhere = (value: GoldenText): PluginResponse => [
  Object.fromEntries(table.routes.map(({ name }) => [name, textOf(value)])),
];

/** What the extension gave, by the case. */
const given: Readonly<Record<string, PluginResponse>> = {
  'every key missing': [{}],
  'only an extra key': [{ extra: 'x' }],
  'keys in upper case': [{ S: '1', N: '1', B: '1', U: '1', D: '1', X: '1', F: '1' }],
  'length and hex of text with NUL': everywhere('a\0b'),
  'hex of bytes that are not UTF-8': everywhere({ hex: 'fffe' }),
  'no rows': [],
  'rows of unequal keys': [{ s: '1' }, { n: '2' }, { d: '3' }],
  'comparisons, all columns "12"': everywhere('12'),
  'where, all columns "12"': everywhere('12'),
};

const rowsFor = ({ case: name, value, rowid }: TypeRecord): PluginResponse => {
  if (value !== undefined) return everywhere(value);
  if (rowid !== undefined) return [{ ...(rowid !== null && { rowid }), s: 'r1' }, { s: 'r2' }];
  return given[name] ?? assert.fail(`${name} is a case that the replay does not know`);
};

const latin1 = (text: GoldenText): string =>
  (typeof text === 'string' ? Buffer.from(text) : Buffer.from(text.hex, 'hex')).toString('latin1');

/** SQLite 3.42 printed a double with 15 digits, ours does with 17: where the record has no more, as many of ours are compared. */
const comparable = (actual: GoldenRow[], recorded: readonly GoldenRow[] = []): GoldenRow[] =>
  actual.map((row, at) => {
    const short = String(recorded[at]?.d);
    return /\d\.\d{13,14}e\+/.test(short) && Number(row.d).toPrecision(15) === Number(short).toPrecision(15)
      ? { ...row, d: short }
      : row;
  });

suite('strings of an extension become values', () => {
  test('for the API and for the shell, as osquery has it', { timeout: 60_000 }, async context => {
    let rows: PluginResponse = [];
    const warnings = new Set<string>();
    const onWarning = (name: string, message: string): unknown => warnings.add(`${name}: ${message}`);
    const engine = await openExtension(context, [table], () => answered(rows), { onWarning });
    const openLocal = async () => Object.assign(new EngineSource(engine), { close: async () => undefined });
    const records = golden<TypeRecord>('types.jsonl');
    for (const record of records)
      await context.test(
        `${record.case}: ${JSON.stringify(record.value ?? record.rowid ?? '')} ${record.sql.slice(0, 50)}`,
        async () => {
          rows = rowsFor(record);
          const { rows: told, error } = await askManager(engine, record.sql);
          assert.equal(error, 'message' in record.api ? record.api.message : undefined);
          if (!('message' in record.api))
            assert.deepEqual(
              told,
              record.api.map(row =>
                Object.fromEntries(Object.entries(row).map(([name, text]) => [name, latin1(text)])),
              ),
            );
          const { stdout } = await runInProcess(['--json', '--nullvalue=<NULL>', '--disable_extensions', record.sql], {
            openLocal,
          });
          if (record.shell_stdout_hex === undefined)
            assert.deepEqual(comparable(JSON.parse(stdout.text), record.shell_json), record.shell_json);
          else assert.equal(stdout.buffer.toString('hex'), record.shell_stdout_hex);
        },
      );
    assert.equal(records.length, 114);
    // osquery says this for each value, as an error.
    const said = 'ty: The column f was announced with a type that does not exist; all its values are NULL.';
    assert.deepEqual([...warnings], [said]);
  });
});
