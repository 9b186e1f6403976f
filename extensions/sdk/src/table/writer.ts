import type { PluginRequest, PluginRow } from '@outpost/protocol';
import { messageOf } from '../answer.ts';
import type { TableDefinition } from './definition.ts';
import { decodeValueArray } from './rows.ts';
import { narrow } from './values.ts';

/** Thrown by a writable table's handler to fail the statement with SQLite's own error instead of a message. */
export class WriteRefused extends Error {
  override readonly name = 'WriteRefused';
  readonly reason: 'readonly' | 'constraint';

  /** `constraint`: the row breaks a rule (SQLITE_CONSTRAINT). `readonly`: it may not be changed (SQLITE_READONLY). */
  constructor(reason: 'readonly' | 'constraint') {
    super(reason === 'readonly' ? 'The row may not be changed.' : 'The row breaks a constraint.');
    this.reason = reason;
  }
}

/** What changes a row. */
export type WriteAction = 'insert' | 'update' | 'delete';

function rowidOf(text: string | undefined, what: string): number | bigint {
  if (text === undefined || !/^-?\d+$/.test(text)) throw new TypeError(`The request has no decimal ${what}.`);
  return narrow(BigInt(text));
}

const writers: Readonly<Record<WriteAction, (table: TableDefinition, request: PluginRequest) => Promise<PluginRow>>> = {
  async insert(table, request) {
    if (table.insert === undefined) return { status: 'readonly' };
    const row = decodeValueArray(table.schema, request.json_value_array ?? '');
    const wanted = request.auto_rowid === 'true' ? rowidOf(request.id, 'id') : undefined;
    const id = await table.insert(row, wanted);
    return { status: 'success', id: String(id) };
  },
  async update(table, request) {
    if (table.update === undefined) return { status: 'readonly' };
    const row = decodeValueArray(table.schema, request.json_value_array ?? '');
    const id = rowidOf(request.id, 'id');
    await table.update(id, row, request.new_id === undefined ? id : rowidOf(request.new_id, 'new_id'));
    return { status: 'success' };
  },
  async delete(table, request) {
    if (table.delete === undefined) return { status: 'readonly' };
    await table.delete(rowidOf(request.id, 'id'));
    return { status: 'success' };
  },
};

/** Carries out writes to a table; the answer is the one row the protocol wants, whatever happened. */
export function hostWriter(
  table: TableDefinition,
): (action: WriteAction, request: PluginRequest) => Promise<PluginRow> {
  return async (action, request) => {
    try {
      return await writers[action](table, request);
    } catch (error) {
      if (error instanceof WriteRefused) return { status: error.reason };
      return { status: 'failure', message: messageOf(error) };
    }
  };
}
