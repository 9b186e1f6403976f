import { columnOptions, constraintOperators, type ExtensionResponse, type PluginRow } from '@outpost/protocol';
import { encodeContext, type WireConstraint } from '../../table/codec.ts';
import type { ColumnSchema, TableSchema } from '../../table/schema.ts';
import { convertValue } from '../../table/values.ts';
import { type Check, type Found, fault, firstFault, skipped, sound } from '../check.ts';
import { messageOf, type Trial } from '../trial.ts';

/** How many rows of a table are looked at. */
const rowsLookedAt = 1000;
/** How often a row that a second query lacks is looked for again: tables change. */
const attempts = 3;

const generate = (trial: Trial, table: TableSchema, constraints: readonly WireConstraint[] = []) =>
  trial.call('table', table.name, { action: 'generate', context: encodeContext(table, constraints) });

const isRequired = ({ options }: ColumnSchema): boolean => (options & columnOptions.required) !== 0;
const needsConstraint = (table: TableSchema): boolean => table.columns.some(isRequired);

const failed = ({ name }: TableSchema, { status }: ExtensionResponse): Found =>
  fault(`table ${name}: code ${status.code}, ${JSON.stringify(status.message)}`);

const eachTable = (trial: Trial, look: (table: TableSchema) => Promise<Found>): Promise<Found> =>
  firstFault(trial.tables, 'it has no tables', look);

/** Looks at the rows that a table gives when nothing is asked; a table that wants to be asked is left alone. */
const eachFreeTable = (trial: Trial, look: (table: TableSchema, rows: readonly PluginRow[]) => Promise<Found>) =>
  eachTable(trial, async table => {
    if (needsConstraint(table)) return skipped(`table ${table.name} has a required column`);
    const answer = await generate(trial, table);
    return answer.status.code === 0 ? look(table, answer.response) : failed(table, answer);
  });

const valueFault = ({ name, type }: ColumnSchema, value: string): string | undefined => {
  if (value === '' || type === 'UNKNOWN' || type === 'TEXT' || type === 'BLOB') return undefined;
  const fits = convertValue(type === 'INTEGER' ? 'BIGINT' : type, value) !== undefined;
  return fits ? undefined : `the ${type} column ${name} holds ${JSON.stringify(value)}`;
};

const rowFault = ({ columns }: TableSchema, row: PluginRow): string | undefined => {
  if (row.rowid !== undefined && !/^-?\d+$/.test(row.rowid)) return `a rowid is ${JSON.stringify(row.rowid)}`;
  for (const column of columns) {
    const found = valueFault(column, row[column.name] ?? '');
    if (found !== undefined) return found;
  }
  return undefined;
};

const rowsFit = (trial: Trial): Promise<Found> =>
  eachFreeTable(trial, async (table, rows) => {
    const found = rows
      .slice(0, rowsLookedAt)
      .map(row => rowFault(table, row))
      .find(text => text !== undefined);
    return found === undefined ? sound : fault(`table ${table.name}: ${found}`);
  });

const keysKnown = (trial: Trial): Promise<Found> =>
  eachFreeTable(trial, async (table, rows) => {
    const known = new Set(['rowid', ...table.columns.map(({ name }) => name)]);
    const strange = rows.flatMap(Object.keys).find(key => !known.has(key));
    return strange === undefined ? sound : fault(`table ${table.name}: a row has ${JSON.stringify(strange)}`);
  });

const { limit, offset, ...operators } = constraintOperators;

/** Each operator on each column, with a value that its type could hold, and the hint of a LIMIT. */
const everyConstraint = (table: TableSchema): readonly (readonly WireConstraint[])[] => [
  ...table.columns.flatMap(({ name, type }) =>
    Object.values(operators).map(op => [
      { column: name, op, expr: type === 'TEXT' || type === 'BLOB' ? 'outpost%' : '1' },
    ]),
  ),
  [limit, offset].map(op => ({ column: table.columns[0]?.name ?? '', op, expr: '1' })),
];

const takesConstraints = (trial: Trial): Promise<Found> =>
  eachTable(trial, async table => {
    for (const constraints of everyConstraint(table)) {
      const told = `${table.name} where ${constraints.map(({ column, op }) => `${column} (operator ${op})`).join(', ')}`;
      const answer = await generate(trial, table, constraints).catch(messageOf);
      if (typeof answer === 'string') return fault(`${told}: ${answer}`);
      if (answer.status.code !== 0 && !needsConstraint(table)) return fault(`${told}: ${answer.status.message}`);
    }
    return sound;
  });

/** The first text of a row that an equality can be asked for. */
const askable = (table: TableSchema, rows: readonly PluginRow[]): WireConstraint | undefined => {
  for (const { name } of table.columns)
    for (const row of rows)
      if ((row[name] ?? '') !== '') return { column: name, op: constraintOperators.equals, expr: row[name] ?? '' };
  return undefined;
};

const keepsEqualRows = (trial: Trial): Promise<Found> =>
  eachFreeTable(trial, async (table, first) => {
    let rows = first;
    for (let attempt = 1; ; attempt += 1) {
      const asked = askable(table, rows);
      if (asked === undefined) return skipped(`table ${table.name} has no rows to ask for`);
      const answer = await generate(trial, table, [asked]);
      if (answer.status.code !== 0) return failed(table, answer);
      if (answer.response.some(row => row[asked.column] === asked.expr)) return sound;
      if (attempt === attempts)
        return fault(`table ${table.name}: where ${asked.column} = '${asked.expr}' gives no such row`);
      rows = (await generate(trial, table)).response;
    }
  });

const ignoresLimit = (trial: Trial): Promise<Found> =>
  eachFreeTable(trial, async (table, rows) => {
    if (rows.length < 2) return skipped(`table ${table.name} has fewer than two rows`);
    const column = table.columns[0]?.name ?? '';
    const answer = await generate(trial, table, [{ column, op: limit, expr: '1' }]);
    if (answer.status.code !== 0) return failed(table, answer);
    return answer.response.length > 1
      ? sound
      : fault(`table ${table.name}: with a LIMIT of 1 it gives ${answer.response.length} of ${rows.length} rows`);
  });

const refusesAction = (trial: Trial): Promise<Found> =>
  firstFault(trial.plugins('table'), 'it has no tables', async name => {
    for (const request of [{ action: 'no_such_action' }, {}] as Record<string, string>[]) {
      const answer = await trial.call('table', name, request).catch(messageOf);
      if (typeof answer !== 'string' && answer.status.code === 0)
        return fault(`table ${name}: ${JSON.stringify(request)} is answered with code 0`);
      const trouble = await trial.trouble();
      if (trouble !== undefined) return fault(`table ${name}: after ${JSON.stringify(request)}: ${trouble}`);
    }
    return sound;
  });

const generates = (trial: Trial): Promise<Found> => eachFreeTable(trial, async () => sound);

const survivesBadContext = (trial: Trial): Promise<Found> =>
  firstFault(trial.plugins('table'), 'it has no tables', async name => {
    for (const context of ['', '{', '[]', '{"constraints":[]}']) {
      await trial.call('table', name, { action: 'generate', context }).catch(messageOf);
      const trouble = await trial.trouble();
      if (trouble !== undefined)
        return fault(`table ${name}: after the context ${JSON.stringify(context)}: ${trouble}`);
    }
    return sound;
  });

/** How tables answer. */
export const tableChecks: readonly Check[] = [
  {
    id: 'core.generate',
    asked: 'all rows of every table: {action: "generate", context} without constraints',
    expected: 'status code 0 and a list of rows, unless a column is required',
    remedy: 'Answer code 0 with the rows; a table without rows gives an empty list.',
    run: generates,
  },
  {
    id: 'core.values',
    asked: 'all rows of every table',
    expected: 'numeric columns hold decimal text or "", and rowid, where it is given, is an integer',
    remedy: 'Write numbers as decimal text and NULL as ""; anything else becomes NULL without a word.',
    run: rowsFit,
  },
  {
    id: 'core.keys',
    asked: 'all rows of every table',
    expected: 'rows have keys of columns only, and perhaps "rowid"',
    remedy: 'Spell keys as the columns are spelled: other keys are dropped without a word.',
    advisory: true,
    run: keysKnown,
  },
  {
    id: 'core.constraints',
    asked: 'every table, with every operator on every column, and with LIMIT and OFFSET',
    expected: 'code 0 each time: what a table does not understand it ignores, and SQLite filters afterwards',
    remedy: 'Skip constraints whose "op" you do not know, and values that do not fit the column.',
    run: takesConstraints,
  },
  {
    id: 'core.equality',
    asked: 'rows with a value that the table has just given',
    expected: 'that row is among them',
    remedy: 'A constraint may spare work, but no row that fulfils it may be left out.',
    run: keepsEqualRows,
  },
  {
    id: 'core.limit',
    asked: 'a table of several rows, with a LIMIT of 1 in the context',
    expected: 'more than one row: SQLite may still filter or sort before it cuts',
    remedy: 'Do not cut rows because of operator 73 or 74.',
    advisory: true,
    run: ignoresLimit,
  },
  {
    id: 'core.unknown_action',
    asked: 'an action that tables do not have, and none at all',
    expected: 'a code other than 0, or an exception; the extension goes on',
    remedy: 'Answer status code 1 with a message that names the action.',
    run: refusesAction,
  },
  {
    id: 'core.bad_context',
    asked: 'rows, with a context that is empty, broken or incomplete',
    expected: 'any answer; the extension goes on',
    remedy: 'Catch what reading the context throws, and answer status code 1.',
    run: survivesBadContext,
  },
];
