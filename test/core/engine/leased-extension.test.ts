import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import {
  type CallContext,
  decodeConstraints,
  type ExtensionHandler2,
  OutpostError,
  type Page,
  type RowWrite,
  readRows,
  type Scan,
  type Server,
  serveExtension,
  unixEndpoint,
} from '@outpost/protocol';
import { schemaFromRoutes } from '@outpost/sdk';
import { pack } from 'msgpackr';
import { Engine } from '../../../core/src/engine/engine.ts';
import { rowsOf } from '../../../core/src/engine/rows.ts';
import { failsWith, temporaryDirectory } from './harness.ts';

const routes = [
  { id: 'column', name: 'n', type: 'BIGINT', op: '1' },
  { id: 'column', name: 'word', type: 'TEXT', op: '0' },
  { id: 'column', name: 'bytes', type: 'BLOB', op: '0' },
  { id: 'column', name: 'real', type: 'DOUBLE', op: '0' },
  { id: 'columnAlias', name: 'text', target: 'word' },
];
const schema = { ...schemaFromRoutes('things', routes), exact: ['n'] };

type Value = string | number | bigint | Uint8Array | null;

const block = (rows: readonly (readonly Value[])[]): Uint8Array => pack(rows);

const page = (rows: Uint8Array, cursor = 0): Page => ({
  cursor,
  more: cursor !== 0,
  rows,
  warnings: [],
  columns: [],
  types: [],
});

/** What an extension of a test was asked. */
class Extension implements ExtensionHandler2 {
  readonly scans: Scan[] = [];
  readonly writes: RowWrite[] = [];
  readonly closed: number[] = [];
  readonly connections = new Set<object>();
  pages = 0;
  open: (scan: Scan, call: CallContext) => Page | Promise<Page> = () => page(new Uint8Array());
  following: (cursor: number, call: CallContext) => Page | Promise<Page> = () => {
    throw new OutpostError('UNKNOWN_CURSOR', { cursor: 1 });
  };
  written: (row: RowWrite) => number = () => 0;

  ping = () => ({ code: 0, message: '', uuid: 7 });
  call = () => ({ status: { code: 1, message: 'version 1', uuid: 7 }, response: [] });
  shutdown = () => undefined;
  ask = () => ({ status: { code: 0, message: '', uuid: 7 }, response: [] });
  logLines = () => ({ accepted: 0, failure: undefined });

  openRows(scan: Scan, _pageBytes: number, call: CallContext): Page | Promise<Page> {
    this.connections.add(call.connection);
    this.scans.push(scan);
    return this.open(scan, call);
  }

  nextRows(cursor: number, _pageBytes: number, call: CallContext): Page | Promise<Page> {
    this.pages += 1;
    return this.following(cursor, call);
  }

  closeRows(cursor: number): void {
    this.closed.push(cursor);
  }

  write(row: RowWrite): { rowId: number } {
    this.writes.push(row);
    return { rowId: this.written(row) };
  }
}

interface World {
  readonly engine: Engine;
  readonly extension: Extension;
  readonly warnings: string[];
  readonly select: (sql: string, deadlineMs?: number) => Promise<unknown[]>;
  /** Ends the server, and lets another listen at the same path. */
  readonly restart: () => Promise<void>;
}

const open = async (context: TestContext, writable = false): Promise<World> => {
  const socketPath = `${temporaryDirectory(context)}/em.7`;
  const extension = new Extension();
  const warnings: string[] = [];
  const listen = (): Promise<Server> => serveExtension(unixEndpoint(socketPath), extension);
  let server = await listen();
  const engine = Engine.open({ onWarning: (_table, message) => warnings.push(message) });
  context.after(async () => {
    await engine.close();
    await server.close();
  });
  const lease = { generation: 1, writable: writable ? ['things'] : [] };
  engine.catalog.set({
    name: 'things',
    aliases: [],
    placement: { kind: 'extension', uuid: 7, socketPath, lease },
    schema,
  });
  const select = async (sql: string, deadlineMs = 10_000): Promise<unknown[]> => [
    ...rowsOf(await engine.query(sql, { lane: 'live', deadlineMs })),
  ];
  const restart = async (): Promise<void> => {
    await server.close();
    server = await listen();
  };
  return { engine, extension, warnings, select, restart };
};

/** Rows of all columns, or of those asked for. */
const rowsFor = ({ columns }: Scan, rows: readonly Readonly<Record<string, Value>>[]): Uint8Array =>
  block(rows.map(row => columns.map(column => row[column] ?? null)));

test('values come with their types: integers beyond 2^53, NULL, bytes, reals', async context => {
  const { extension, select } = await open(context);
  extension.open = scan =>
    page(
      rowsFor(scan, [
        { n: 2n ** 60n, word: 'é', bytes: Uint8Array.of(0, 255), real: 1.5 },
        { n: -1, word: null, bytes: null, real: null },
      ]),
    );
  assert.deepEqual(
    await select('select n, typeof(n) as tn, word, text, hex(bytes) as bytes, typeof(bytes) as tb, real from things'),
    [
      { n: 2n ** 60n, tn: 'integer', word: 'é', text: 'é', bytes: '00FF', tb: 'blob', real: 1.5 },
      { n: -1, tn: 'integer', word: null, text: null, bytes: '', tb: 'null', real: null },
    ],
  );
});

test('the extension is told constraints with typed values, the used columns and the limit', async context => {
  const { extension, select } = await open(context);
  extension.open = scan => page(rowsFor(scan, [{ n: 3, word: 'three' }]));
  assert.deepEqual(await select("select word from things where n in (3, 4) and text > 'a'"), [{ word: 'three' }]);
  const [scan] = extension.scans;
  assert.ok(scan !== undefined);
  const constraints = decodeConstraints(scan.constraints).toSorted((a, b) => a.column.localeCompare(b.column));
  assert.deepEqual(constraints, [
    { column: 'n', op: 2, values: [3, 4] },
    { column: 'word', op: 4, values: ['a'] },
  ]);
  assert.deepEqual(new Set(scan.columns), new Set(['n', 'word']));
  await select('select n from things where n = 3 limit 5');
  assert.equal(extension.scans.at(-1)?.limit, 5);
});

/** Pages of one row each, whose number is the page's; the cursor of a scan is its number. */
const counting = (extension: Extension, pages: number): void => {
  const left = new Map<number, { next: number; columns: readonly string[] }>();
  const following = (cursor: number): Page => {
    const scan = left.get(cursor);
    if (scan === undefined) throw new OutpostError('UNKNOWN_CURSOR', { cursor });
    const rows = block([scan.columns.map(() => scan.next)]);
    scan.next += 1;
    if (scan.next < pages) return page(rows, cursor);
    left.delete(cursor);
    return page(rows);
  };
  extension.open = ({ columns }) => {
    const cursor = left.size + extension.scans.length;
    left.set(cursor, { next: 0, columns });
    return following(cursor);
  };
  extension.following = following;
};

test('pages follow one another over one connection, also those of scans within scans', async context => {
  const { extension, select } = await open(context);
  counting(extension, 20);
  assert.deepEqual(await select('select count(*) as c, sum(n) as s from things'), [{ c: 20, s: 190 }]);
  const sql =
    'select count(*) as c from things a join things b on b.real >= a.real join things c on c.real = a.real + b.real';
  const [row] = (await select(sql)) as { c: number }[];
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  const expected = numbers.flatMap(a => numbers.filter(b => b >= a && a + b < 20)).length;
  assert.equal(row?.c, expected);
  assert.equal(extension.connections.size, 1);
});

test('a scan that is left early closes its cursor, and reads no further', async context => {
  const { extension, select } = await open(context);
  counting(extension, 1000);
  assert.deepEqual(await select('select real from things limit 3'), [{ real: 0 }, { real: 1 }, { real: 2 }]);
  assert.ok(extension.pages <= 4, `${extension.pages} pages`);
  await select('select 1');
  assert.equal(extension.closed.length, 1);
});

test('pages without rows are passed over, and warnings told', async context => {
  const { extension, select, warnings } = await open(context);
  extension.open = () => ({ ...page(new Uint8Array(), 5), warnings: ['first'] });
  let asked = 0;
  extension.following = cursor => {
    asked += 1;
    if (asked < 3) return { ...page(new Uint8Array(), cursor), warnings: ['again'] };
    return page(block([['x']]));
  };
  assert.deepEqual(await select('select word from things'), [{ word: 'x' }]);
  assert.deepEqual(warnings, ['first', 'again', 'again']);
});

test('a failure is the error of the statement, with its words, and the connection goes on', async context => {
  const { extension, select } = await open(context);
  extension.open = () => {
    throw new Error('the disk is gone');
  };
  await assert.rejects(select('select * from things'), failsWith('SQL_ERROR', /the disk is gone/));
  extension.open = () => page(new Uint8Array(), 1);
  await assert.rejects(select('select * from things'), failsWith('SQL_ERROR', /cursor/));
  extension.open = scan => page(rowsFor(scan, [{ word: 'x' }]));
  assert.deepEqual(await select('select word from things'), [{ word: 'x' }]);
  assert.equal(extension.connections.size, 1);
});

test('rows that do not fit what was asked are an error', async context => {
  const { extension, select } = await open(context);
  for (const rows of [block([['a', 'b']]), Uint8Array.of(0x91, 0x90), Uint8Array.of(0xc1), Buffer.from('rows')]) {
    extension.open = () => page(rows);
    await assert.rejects(select('select word from things'), failsWith('SQL_ERROR', /malformed/));
  }
});

test('an extension that was restarted is connected to again', async context => {
  const { extension, select, restart } = await open(context);
  extension.open = scan => page(rowsFor(scan, [{ word: 'x' }]));
  assert.deepEqual(await select('select word from things'), [{ word: 'x' }]);
  await restart();
  assert.deepEqual(await select('select word from things'), [{ word: 'x' }]);
  assert.equal(extension.connections.size, 2);
});

test('a query at its deadline is stopped, and the extension told', async context => {
  const { engine, extension, select } = await open(context);
  const { promise: told, resolve } = Promise.withResolvers<void>();
  extension.open = (_scan, { signal }) => {
    signal.addEventListener('abort', () => resolve());
    return new Promise<Page>(() => undefined);
  };
  await assert.rejects(select('select * from things', 300), failsWith('QUERY_DEADLINE'));
  await told;
  extension.open = scan => page(rowsFor(scan, [{ word: 'x' }]));
  assert.deepEqual(await select('select word from things'), [{ word: 'x' }]);
  assert.equal(engine.abandoned, 0);
});

test('rows are written with their types, and refusals are those of SQLite', async context => {
  const { extension, select } = await open(context, true);
  const kept = new Map<number, readonly Value[]>();
  extension.open = ({ columns }) =>
    page(
      block(
        [...kept].map(([id, values]) =>
          columns.map(name => (name === 'rowid' ? id : (values[['n', 'word', 'bytes', 'real'].indexOf(name)] ?? null))),
        ),
      ),
    );
  extension.written = ({ kind, rowId, newRowId, values }) => {
    const id = Number(rowId ?? kept.size + 1);
    const [row] = [...readRows(values.length === 0 ? Uint8Array.of(0x90) : values)];
    if (kind !== 1) kept.delete(id);
    if (row?.[1] === 'twice') throw new OutpostError('ROW_CONSTRAINT', { table: 'things' });
    if (kind === 3) return id;
    kept.set(kind === 2 ? Number(newRowId) : id, row ?? []);
    return id;
  };
  await select("insert into things (n, word, bytes, real) values (7, 'seven', x'00ff', 2.0)");
  assert.deepEqual([...kept], [[1, [7, 'seven', Uint8Array.of(0, 255), 2]]]);
  assert.deepEqual(await select('select rowid, n, word, hex(bytes) as b, real from things'), [
    { rowid: 1, n: 7, word: 'seven', b: '00FF', real: 2 },
  ]);
  await select("update things set word = 'sept', rowid = 9 where n = 7");
  assert.deepEqual([...kept.keys()], [9]);
  await assert.rejects(select("insert into things (n, word) values (1, 'twice')"), /constraint failed/);
  await assert.rejects(select("insert into things (n, word) values ('many', 'x')"), /datatype mismatch/);
  await select('delete from things where n = 7');
  assert.equal(kept.size, 0);
});

test('a table that takes no writes says so', async context => {
  const { select, extension } = await open(context);
  await assert.rejects(select('delete from things'), /may not be modified/);
  assert.equal(extension.writes.length, 0);
});
