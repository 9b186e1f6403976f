import type { PluginRow } from '@outpost/protocol';
import { encodeContext } from '../../table/codec.ts';
import type { ColumnSchema, TableSchema } from '../../table/schema.ts';
import { type Check, type Found, fault, firstFault, skipped, sound } from '../check.ts';
import { messageOf, type Trial } from '../trial.ts';

const statuses = ['success', 'readonly', 'constraint', 'failure'];

/** A value that a column of the type can hold. @param n makes it another one */
const sample = ({ type }: ColumnSchema, n: number): unknown => {
  if (type === 'TEXT' || type === 'BLOB' || type === 'UNKNOWN') return `outpost ${n}`;
  return type === 'DOUBLE' ? n + 0.5 : n;
};

/** The values of all columns, in their order: those that were given for the table, else made up. */
const valuesFor = (trial: Trial, table: TableSchema, n: number): readonly unknown[] =>
  trial.options.rows[table.name] ?? table.columns.map(column => sample(column, n));

type Fields = Readonly<Record<string, string>>;

/** Asks for a change. @returns the one row of the answer; a phrase that says what is wrong with it */
const write = async (trial: Trial, table: TableSchema, action: string, fields: Fields): Promise<PluginRow | string> => {
  const answer = await trial
    .call('table', table.name, { action, context: '{"constraints":[]}', ...fields })
    .catch(messageOf);
  if (typeof answer === 'string') return answer;
  const [row, ...more] = answer.response;
  const told = `table ${table.name}: ${action}:`;
  if (row === undefined) return `${told} no row, code ${answer.status.code}, ${JSON.stringify(answer.status.message)}`;
  if (more.length > 0) return `${told} ${answer.response.length} rows`;
  return statuses.includes(row.status ?? '') ? row : `${told} the status ${JSON.stringify(row.status)}`;
};

const insert = (trial: Trial, table: TableSchema, n = 1): Promise<PluginRow | string> =>
  write(trial, table, 'insert', { auto_rowid: 'false', json_value_array: JSON.stringify(valuesFor(trial, table, n)) });

const find = async (trial: Trial, table: TableSchema, id: string): Promise<PluginRow | undefined> => {
  const { response } = await trial.call('table', table.name, { action: 'generate', context: encodeContext(table, []) });
  return response.find(({ rowid }) => rowid === id);
};

const differs = (table: TableSchema, values: readonly unknown[], row: PluginRow): string | undefined => {
  const index = table.columns.findIndex(({ name }, at) => {
    const [wanted, found] = [values[at], row[name]];
    return typeof wanted === 'number'
      ? Number(found) !== wanted
      : found !== undefined && found !== String(wanted ?? '');
  });
  const column = table.columns[index];
  return column && `${column.name} is ${JSON.stringify(row[column.name])}, not ${JSON.stringify(values[index])}`;
};

const refusal = ({ name }: TableSchema, { status, message = '' }: PluginRow): Found =>
  status === 'readonly'
    ? skipped(`table ${name} is read-only`)
    : skipped(`table ${name} refuses the row that was made up (${status} ${message}); give one with --row`);

/** Inserts a row, lets something be done with it, and takes it out again. */
const withRow = (trial: Trial, work: (table: TableSchema, id: string) => Promise<Found>): Promise<Found> =>
  firstFault(trial.tables, 'it has no tables', async table => {
    const inserted = await insert(trial, table);
    if (typeof inserted === 'string') return skipped(`${inserted}; it takes no rows`);
    if (inserted.status !== 'success') return refusal(table, inserted);
    const { id = '' } = inserted;
    if (!/^-?\d+$/.test(id))
      return fault(`table ${table.name}: insert succeeds with the id ${JSON.stringify(inserted.id)}`);
    try {
      return await work(table, id);
    } finally {
      await write(trial, table, 'delete', { id });
    }
  });

const keepsInserted = (trial: Trial): Promise<Found> =>
  withRow(trial, async (table, id) => {
    const row = await find(trial, table, id);
    if (row === undefined) return fault(`table ${table.name}: no row has the rowid ${id}`);
    const found = differs(table, valuesFor(trial, table, 1), row);
    return found === undefined ? sound : fault(`table ${table.name}: ${found}`);
  });

const updates = (trial: Trial): Promise<Found> =>
  withRow(trial, async (table, id) => {
    const values = valuesFor(trial, table, 2);
    const updated = await write(trial, table, 'update', { id, json_value_array: JSON.stringify(values) });
    if (typeof updated === 'string') return fault(updated);
    if (updated.status !== 'success') return skipped(`table ${table.name}: ${JSON.stringify(updated)}`);
    const row = await find(trial, table, id);
    if (row === undefined) return fault(`table ${table.name}: the row ${id} is gone`);
    const found = differs(table, values, row);
    return found === undefined ? sound : fault(`table ${table.name}: ${found}`);
  });

const deletes = (trial: Trial): Promise<Found> =>
  withRow(trial, async (table, id) => {
    const deleted = await write(trial, table, 'delete', { id });
    if (typeof deleted === 'string') return fault(deleted);
    if (deleted.status !== 'success') return skipped(`table ${table.name}: ${JSON.stringify(deleted)}`);
    return (await find(trial, table, id)) === undefined
      ? sound
      : fault(`table ${table.name}: the row ${id} is still there`);
  });

/** Requests that cannot be fulfilled: each must be answered all the same. */
const impossible: readonly (readonly [action: string, fields: Fields])[] = [
  ['insert', { auto_rowid: 'false', json_value_array: 'no JSON' }],
  ['insert', { auto_rowid: 'false', json_value_array: '[]' }],
  ['update', { id: '9223372036854775807', json_value_array: '[' }],
  ['delete', { id: 'no number' }],
];

const survives = (trial: Trial): Promise<Found> =>
  withRow(trial, async table => {
    for (const [action, fields] of impossible) {
      await write(trial, table, action, fields);
      const trouble = await trial.trouble();
      if (trouble !== undefined)
        return fault(`table ${table.name}: after ${action} ${JSON.stringify(fields)}: ${trouble}`);
    }
    return sound;
  });

const saysReadonly = (trial: Trial): Promise<Found> =>
  firstFault(trial.tables, 'it has no tables', async table => {
    const answer = await insert(trial, table);
    if (typeof answer === 'string') return fault(answer);
    if (answer.status !== 'success') return skipped(`table ${table.name} says ${answer.status}`);
    await write(trial, table, 'delete', { id: answer.id ?? '' });
    return sound;
  });

/** How tables take changes. They insert rows and take them out again. */
export const writableChecks: readonly Check[] = [
  {
    id: 'writable.answer',
    asked: 'an insert into every table, those that cannot be written too',
    expected: `one row whose status is ${statuses.join(', ')}`,
    remedy:
      'Answer [{status: "readonly"}] where a table takes no rows; else the statement fails with "SQL logic error".',
    advisory: true,
    run: saysReadonly,
  },
  {
    id: 'writable.insert',
    asked: 'an insert, then all rows',
    expected: 'the answer has the decimal id of the row, and the row has this rowid and the values',
    remedy: 'Answer {status: "success", id}, and give every row its "rowid" in generate.',
    run: keepsInserted,
  },
  {
    id: 'writable.update',
    asked: 'an update of the row, then all rows',
    expected: 'the row has the new values',
    remedy: 'json_value_array holds every column, in the order of the routes; replace the row of this id.',
    run: updates,
  },
  {
    id: 'writable.delete',
    asked: 'a delete of the row, then all rows',
    expected: 'the row is gone',
    remedy: 'Take out the row of this id, and answer {status: "success"}.',
    run: deletes,
  },
  {
    id: 'writable.impossible',
    asked: 'values that are no JSON, no values, and rows that are not there',
    expected: 'any answer; the extension goes on',
    remedy: 'Catch what reading the values throws, and answer {status: "failure", message}.',
    run: survives,
  },
];
