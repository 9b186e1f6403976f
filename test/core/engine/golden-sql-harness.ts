import type { Engine } from '../../../core/src/engine/engine.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { toBytes } from '../../../core/src/shell/bytes.ts';
import { rowsOfBlock } from '../../../core/src/shell/cells.ts';
import { withoutSuggestion } from './harness.ts';

/** A text, or its bytes where they are no UTF-8. */
type RecordedText = string | { readonly hex: string };
type RecordedRow = Readonly<Record<string, RecordedText>>;

/** What osquery's shell did with a statement, in a process of its own. */
export interface SqlRecord {
  readonly group: string;
  readonly sql: string;
  readonly rows?: readonly RecordedRow[];
  /** What it printed, where that is no UTF-8; then there are no rows. */
  readonly stdout_hex?: string;
  readonly stderr: string;
  readonly exit: number;
  /** What the extension manager's `query` gave, where that is something else. */
  readonly api?: { readonly code: number; readonly message?: string; readonly rows?: readonly RecordedRow[] };
  readonly depends_on_machine?: boolean;
  /** Fields that are others with the SQLite that we use. */
  readonly sqlite_3_54?: Partial<Omit<SqlRecord, 'group' | 'sql'>>;
}

/** What a statement gave: rows of byte strings, or an error; and SQLite's code. */
export interface Answer {
  readonly rows: readonly Readonly<Record<string, string>>[];
  readonly error: string | undefined;
  readonly code: number;
}

type Ask = (engine: Engine, sql: string) => Promise<Answer>;

const asked =
  (rowsOf: (engine: Engine, sql: string) => Promise<Answer['rows']>): Ask =>
  async (engine, sql) => {
    try {
      return { rows: await rowsOf(engine, sql), error: undefined, code: 0 };
    } catch (error) {
      const { message, sqliteCode = 1 } = error as { message: string; sqliteCode?: number };
      return { rows: [], error: withoutSuggestion(message), code: sqliteCode };
    }
  };

const options = { lane: 'shell', deadlineMs: 20_000 } as const;

/** Asks as the shell does, and gives what it would print. */
export const askShell: Ask = asked(async (engine, sql) => {
  const { columns, blocks } = await engine.query(sql, options);
  const names = columns.map(({ name }) => toBytes(name));
  return blocks.flatMap(rowsOfBlock).map(row => Object.fromEntries(names.map((name, at) => [name, row[at] ?? ''])));
});

/** The bytes of a text; a byte that is no UTF-8 comes from the Thrift codec as a surrogate, U+DC80 to U+DCFF. */
const bytesOf = (text: string): string =>
  Array.from(text, character =>
    /[\udc80-\udcff]/.test(character) ? String.fromCharCode(character.charCodeAt(0) & 0xff) : toBytes(character),
  ).join('');

/** Asks as the extension manager does, and gives what an extension would receive. */
export const askManager: Ask = asked(async (engine, sql) => {
  const result = await engine.query(sql, { ...options, encoding: 'thrift' });
  return rowsAsText(result).map(row =>
    Object.fromEntries(Object.entries(row).map(([name, text]) => [toBytes(name), bytesOf(text)])),
  );
});

const recordedRows = (rows: readonly RecordedRow[]): Answer['rows'] =>
  rows.map(row =>
    Object.fromEntries(
      Object.entries(row).map(([name, text]) => [
        toBytes(name),
        typeof text === 'string' ? toBytes(text) : Buffer.from(text.hex, 'hex').toString('latin1'),
      ]),
    ),
  );

const printedRows = ({ rows, stdout_hex = '' }: SqlRecord): Answer['rows'] =>
  rows === undefined ? JSON.parse(Buffer.from(stdout_hex, 'hex').toString('latin1')) : recordedRows(rows);

/** What the shell printed, with the SQLite that we use. */
export const shellAnswer = (record: SqlRecord): Answer => {
  const ours = { ...record, ...record.sqlite_3_54 };
  const error = /^(?:Error|ERROR): ([\s\S]*)$/m.exec(ours.stderr)?.[1];
  return { rows: error === undefined ? printedRows(ours) : [], error, code: ours.exit };
};

/** What the manager answered; undefined when it was recorded with another SQLite that prints other numbers. */
export const managerAnswer = (record: SqlRecord): Answer | undefined => {
  if (record.sqlite_3_54 !== undefined && record.sqlite_3_54.api === undefined) return undefined;
  const api = { ...record, ...record.sqlite_3_54 }.api;
  const shell = shellAnswer(record);
  if (api === undefined) return shell;
  return { rows: recordedRows(api.rows ?? []), error: api.message, code: api.code };
};
