import { type Awaitable, type Row, type TableDefinition, WriteRefused } from '@outpost/sdk';
import { sqlFailure, sqliteCodes, type WriteRequest } from './source.ts';

const refusal = (table: string, error: unknown): unknown => {
  if (!(error instanceof WriteRefused)) return error;
  return error.reason === 'readonly'
    ? sqlFailure(`table ${table} may not be modified`, sqliteCodes.readonly)
    : sqlFailure('constraint failed', sqliteCodes.constraint);
};

const rowOf = ({ schema }: TableDefinition, values: WriteRequest['values']): Row =>
  Object.fromEntries(schema.columns.map(({ name }, index) => [name, values[index] ?? null])) as Row;

const apply = (definition: TableDefinition, request: WriteRequest): Awaitable<unknown> => {
  const { kind, rowid, newRowid, values } = request;
  const id = rowid ?? 0n;
  if (kind === 1) return definition.insert?.(rowOf(definition, values), newRowid ?? undefined);
  if (kind === 2) return definition.update?.(id, rowOf(definition, values), newRowid ?? id);
  return definition.delete?.(id);
};

const handlers = { 1: 'insert', 2: 'update', 3: 'delete' } as const;

/** Hands a written row to the table's handler. @returns the id of an inserted row, now or later */
export const applyWrite = (definition: TableDefinition, request: WriteRequest): Awaitable<bigint | undefined> => {
  if (definition[handlers[request.kind]] === undefined) throw refusal(definition.name, new WriteRefused('readonly'));
  const identifier = (id: unknown): bigint | undefined =>
    request.kind === 1 ? BigInt((id as number | bigint | undefined) ?? 0) : undefined;
  const fail = (error: unknown): never => {
    throw refusal(definition.name, error);
  };
  try {
    const done = apply(definition, request);
    return done instanceof Promise ? done.then(identifier, fail) : identifier(done);
  } catch (error) {
    return fail(error);
  }
};

/** The sentence about a table whose code is asynchronous, though its definition does not show it. */
export const misplaced = (table: string, verb: 'generates' | 'writes'): string =>
  `The table ${table} ${verb} asynchronously, but is not declared with asynchronous: true.`;

/** The outcome of a write that must not take time. */
export const settled = <Value>(table: string, value: Awaitable<Value>): Value => {
  if (!(value instanceof Promise)) return value;
  value.catch(() => undefined);
  throw new Error(misplaced(table, 'writes'));
};
