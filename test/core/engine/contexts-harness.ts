import type { PluginResponse } from '@outpost/protocol';
import type { RoutedTable } from './extension-harness.ts';

/** A table of test/golden/contexts.jsonl, and the rows that it always gives; or, as a sentence, those that it is asked for. */
export interface TableRecord extends RoutedTable {
  readonly rows: PluginResponse | string;
}

/** A request that an extension was sent; those of the action `columns` have no context. */
export interface Recorded {
  readonly table: string;
  readonly action?: string;
  readonly context?: string;
}

/** What a scan asks for, as `[column, operator, text]`. */
type Pushed = readonly (readonly [column: string, operator: number, text: string])[];

/** Statements, what the extension was asked, and what came of it. */
export interface SelectRecord {
  readonly sql: string;
  readonly calls: readonly Recorded[];
  readonly rows?: PluginResponse;
  readonly error?: { readonly message: string };
  /** With `--extensions_default_index=false`, where that makes a difference. */
  readonly without_default_index?: {
    readonly calls: readonly { readonly table: string; readonly pushed: Pushed }[];
    readonly rows?: PluginResponse;
  };
  /** What is different with the SQLite that we use. */
  readonly sqlite_3_54?: { readonly calls?: readonly Recorded[]; readonly rows?: PluginResponse };
}

/** A scan, in a form in which recorded ones and ours can be compared. */
export interface Call {
  readonly table: string;
  /** The constraints without LIMIT and OFFSET, as texts in order. */
  readonly pushed: readonly string[];
  /** How many rows are wanted at most, rows to pass over included. */
  readonly limit: number | undefined;
  /** The columns by name, and by the mask; unknown where only constraints were recorded. */
  readonly used?: readonly string[];
  readonly mask?: string;
}

const limitOperator = 73;
const offsetOperator = 74;

const callFrom = (table: string, constraints: Pushed): Call => {
  const told = (operator: number): number | undefined => {
    const text = constraints.find(([, op]) => op === operator)?.[2];
    return text === undefined ? undefined : Number(text);
  };
  const limit = told(limitOperator);
  return {
    table,
    pushed: constraints
      .filter(([, op]) => op !== limitOperator && op !== offsetOperator)
      .map(item => item.join(' '))
      .sort(),
    limit: limit === undefined ? undefined : limit + (told(offsetOperator) ?? 0),
  };
};

/** A request of the action `generate` as a scan. */
export const callOf = ({ table, context = '' }: Recorded): Call => {
  const { constraints, colsUsed } = JSON.parse(context) as {
    readonly constraints: readonly { readonly name: string; readonly list: readonly { op: number; expr: string }[] }[];
    readonly colsUsed: readonly string[];
  };
  const flat = constraints.flatMap(({ name, list }) => list.map(({ op, expr }) => [name, op, expr] as const));
  return {
    ...callFrom(table, flat),
    used: colsUsed.toSorted(),
    mask: /"colsUsedBitset":(\d+)/.exec(context)?.[1] ?? '',
  };
};

const generated = (calls: readonly Recorded[]): Call[] =>
  calls.filter(({ action }) => action !== 'columns').map(callOf);

/** The scans of a record. @param defaultIndex the flag `extensions_default_index` */
export const recordedCalls = (record: SelectRecord, defaultIndex: boolean): Call[] => {
  const calls = generated(record.sqlite_3_54?.calls ?? record.calls);
  const reduced = defaultIndex ? undefined : record.without_default_index?.calls;
  return reduced?.map(({ table, pushed }) => callFrom(table, pushed)) ?? calls;
};

const key = ({ table, pushed }: Call): string => JSON.stringify([table, pushed]);
const covers = (earlier: Call, later: Call): boolean =>
  key(earlier) === key(later) && (BigInt(later.mask ?? 0) & ~BigInt(earlier.mask ?? 0)) === 0n;

/** What osquery asks again within a statement is answered here with the rows that came before. */
export const withoutRepeats = (calls: readonly Call[]): Call[] =>
  calls.filter((call, index) => !calls.slice(0, index).some(earlier => covers(earlier, call)));

/** A scan without its limit, which is told in fewer cases here. */
export const withoutLimit = ({ limit: _, ...call }: Call): Omit<Call, 'limit'> => call;

/** The rows of the tables that give only those which match the `=` constraints, and no more than the LIMIT. */
const honestRows = (table: string): PluginResponse =>
  ['one', 'two', 'three'].map((name, index) => ({
    ...(table === 'honrow' && { rowid: String(100 + index) }),
    id: String(index + 1),
    name,
    n: String(10 * (index + 1)),
  }));

/** What a table answers. */
export const rowsOf = (
  { table, rows }: TableRecord,
  { context = '' }: { readonly context?: string },
): PluginResponse => {
  if (typeof rows !== 'string') return rows;
  const { pushed, limit } = callOf({ table, context });
  const equal = pushed.map(item => item.split(' ')).filter(([, op]) => op === '2');
  return honestRows(table)
    .filter(row => equal.every(([column = '', , text]) => (row as Record<string, string>)[column] === text))
    .slice(0, limit);
};
