/** Messages of version 2 that carry rows to whoever asks for them. */
import type { Page as PageStruct } from '../generated/index.mjs';
import type { Page, RowWrite, Scan, WriteKind } from '../version2.ts';
import { type Structs, structCodec } from './message.ts';
import { type Message2, type Notice, requestCodec, resultCodec } from './message2.ts';

const noBytes = new Uint8Array();

const packPage = ({ cursor, more, rows, warnings, columns, types }: Page): Partial<PageStruct> => ({
  cursor,
  more,
  rows,
  ...(warnings.length > 0 && { warnings: [...warnings] }),
  ...(columns.length > 0 && { columns: [...columns], types: [...types] }),
});

const unpackPage = ({ cursor, more, rows, warnings, columns, types }: PageStruct): Page => ({
  cursor: Number(cursor ?? 0),
  more: more ?? false,
  rows: rows ?? noBytes,
  warnings: warnings ?? [],
  columns: columns ?? [],
  types: types ?? [],
});

const pageResult = (name: 'openRows' | 'nextRows' | 'openQuery') =>
  resultCodec<PageStruct, Page>(name, structs => structs.Page, packPage, unpackPage);

const packScan = ({ table, columns, constraints, limit, order }: Scan, structs: Structs) =>
  Object.assign(new structs.Scan(), {
    table,
    columns: [...columns],
    constraints,
    ...(limit > 0 && { limit }),
    ...(order.length > 0 && { order: order.map(term => Object.assign(new structs.OrderTerm(), term)) }),
  });

/** Begins a scan and gives its first page. */
export const openRows: Message2<readonly [scan: Scan, pageBytes: number], Page> = {
  name: 'openRows',
  request: requestCodec(
    structs => structs.messages.openRows.Arguments,
    ([scan, pageBytes], structs) => ({ scan: packScan(scan, structs), page_bytes: pageBytes }),
    ({ scan, page_bytes }) => [
      {
        table: scan?.table ?? '',
        columns: scan?.columns ?? [],
        constraints: scan?.constraints ?? noBytes,
        limit: Number(scan?.limit ?? 0),
        order: (scan?.order ?? []).map(({ column, descending }) => ({
          column: column ?? '',
          descending: descending ?? false,
        })),
      },
      page_bytes ?? 0,
    ],
  ),
  result: pageResult('openRows'),
};

/** The next page of a cursor. */
export const nextRows: Message2<readonly [cursor: number, pageBytes: number], Page> = {
  name: 'nextRows',
  request: requestCodec(
    structs => structs.messages.nextRows.Arguments,
    ([cursor, pageBytes]) => ({ cursor, page_bytes: pageBytes }),
    ({ cursor, page_bytes }) => [Number(cursor ?? 0), page_bytes ?? 0],
  ),
  result: pageResult('nextRows'),
};

/** Gives a cursor up. */
export const closeRows: Notice<readonly [cursor: number]> = {
  name: 'closeRows',
  arguments: structCodec(
    structs => structs.messages.closeRows.Arguments,
    ([cursor]) => ({ cursor }),
    ({ cursor }) => [Number(cursor ?? 0)],
  ),
};

/** Runs a statement in the core and gives the first page of its rows. */
export const openQuery: Message2<readonly [sql: string, pageBytes: number], Page> = {
  name: 'openQuery',
  request: requestCodec(
    structs => structs.messages.openQuery.Arguments,
    ([sql, pageBytes]) => ({ sql, page_bytes: pageBytes }),
    ({ sql, page_bytes }) => [sql ?? '', page_bytes ?? 0],
  ),
  result: pageResult('openQuery'),
};

/** Changes a row. */
export const write: Message2<readonly [write: RowWrite], { readonly rowId: number | bigint }> = {
  name: 'write',
  request: requestCodec(
    structs => structs.messages.write.Arguments,
    ([{ table, kind, rowId, newRowId, values }], structs) => ({
      row: Object.assign(new structs.RowWrite(), {
        table,
        kind,
        ...(rowId !== undefined && { row_id: rowId, has_row_id: true }),
        new_row_id: newRowId,
        values,
      }),
    }),
    ({ row }) => [
      {
        table: row?.table ?? '',
        kind: (row?.kind ?? 0) as WriteKind,
        rowId: row?.has_row_id === true ? (row.row_id ?? 0) : undefined,
        newRowId: row?.new_row_id ?? 0,
        values: row?.values ?? noBytes,
      },
    ],
  ),
  result: resultCodec(
    'write',
    structs => structs.Written,
    ({ rowId }) => ({ row_id: rowId }),
    ({ row_id }) => ({ rowId: row_id ?? 0 }),
  ),
};
