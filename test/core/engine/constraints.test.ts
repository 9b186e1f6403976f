// What a WHERE clause asks of real tables: which rows come, and by how many scans.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Core } from '../../../core/src/agent/core.ts';
import { rowsAsText } from '../../../core/src/engine/rows.ts';
import { openCore } from './agent-core.ts';
import { failsWith, temporaryDirectory } from './harness.ts';

/** A statement in which `D` in single quotes begins a path of the test's directory; the first column of its rows; scans by table. */
type Case = readonly [sql: string, rows: readonly string[], scans?: Readonly<Record<string, number>>];

const files = ['.h', 'a.conf', 'b.conf', 'c.txt', 'x{y}.conf'];
const inD = (...names: readonly string[]): string[] => names.map(name => `D/${name}`);
const one = inD('a.conf');

const plant = (context: TestContext): string => {
  const directory = temporaryDirectory(context);
  mkdirSync(join(directory, 'sub'));
  for (const name of [...files, 'sub/e.conf']) writeFileSync(join(directory, name), name);
  return directory;
};

interface Asked {
  readonly rows: readonly string[];
  readonly scans: Readonly<Record<string, number>>;
}

const ask = async ({ engine }: Core, directory: string, sql: string): Promise<Asked> => {
  const placed = sql.replaceAll(/'D(?=[/'*[])/g, `'${directory}`);
  const result = await engine.query(placed, { lane: 'shell', encoding: 'thrift', deadlineMs: 20_000 });
  return {
    rows: rowsAsText(result).map(row => Object.values(row).join('|').replaceAll(directory, 'D')),
    scans: Object.fromEntries(result.stats.tables.map(({ name, scans }) => [name, scans])),
  };
};

const check = (title: string, cases: readonly Case[]): void => {
  test(title, { timeout: 60_000 }, async context => {
    const [core, directory] = [await openCore(context), plant(context)];
    for (const [sql, rows, scans] of cases)
      await context.test(sql, async () => {
        const asked = await ask(core, directory, sql);
        assert.deepEqual(asked.rows.toSorted(), rows.toSorted());
        if (scans !== undefined) assert.deepEqual(asked.scans, scans);
      });
  });
};

check('LIKE and GLOB on a path are expanded on disk', [
  ["select path from file where path like 'D/%.conf'", inD('a.conf', 'b.conf', 'x{y}.conf'), { file: 1 }],
  ["select path from file where path like 'D/a%' and path like '%.conf'", one],
  ["select path from file where path like 'D/%' and path not like '%.conf'", inD('c.txt', 'sub/')],
  ["select path from file where path glob 'D/*.conf'", inD('a.conf', 'b.conf', 'x{y}.conf'), { file: 1 }],
  ["select path from file where path glob 'D/?.conf'", inD('a.conf', 'b.conf')],
  ["select path from file where path glob 'D/[a-b]*'", inD('a.conf', 'b.conf')],
  ["select path from file where path glob 'D/[^a]*'", inD('b.conf', 'c.txt', 'sub/', 'x{y}.conf')],
  ["select path from file where path glob 'D/x{y}*'", inD('x{y}.conf')],
  ["select path from file where path glob 'D/x[{]y[}]*'", inD('x{y}.conf')],
  ["select path from file where path glob 'D/**'", inD('a.conf', 'b.conf', 'c.txt', 'sub/', 'sub/e.conf', 'x{y}.conf')],
  ["select path from file where path glob 'D/A*'", []],
  ["select path from file where directory glob 'D/s*'", inD('sub/e.conf')],
  ["select path from hash where path glob 'D/[ab].conf'", inD('a.conf', 'b.conf'), { hash: 1 }],
]);

check('IN is one list', [
  ["select path from file where path in ('D/a.conf', 'D/b.conf', 'D/none')", inD('a.conf', 'b.conf'), { file: 1 }],
  ["select path from file where path = 'D/a.conf' or path = 'D/b.conf'", inD('a.conf', 'b.conf'), { file: 1 }],
  ["select filename from file where directory in ('D', 'D/sub')", [...files, 'sub', 'e.conf'], { file: 1 }],
  [
    "select path from hash where path in (select path from file where directory = 'D/sub')",
    inD('sub/e.conf'),
    { hash: 1, file: 1 },
  ],
  ["select path from file where path in ('D/a.conf', 'D/a.conf')", one],
  [
    `select pid from processes where pid in (${process.pid}, ${process.ppid}, -5)`,
    [`${process.pid}`, `${process.ppid}`],
    { processes: 1 },
  ],
  ['select uid from users where uid in (0, 0)', ['0'], { users: 1 }],
]);

check('each row of an OR comes once', [
  ["select filename from file where path = 'D/a.conf' or directory = 'D'", [...files, 'sub'], { file: 2 }],
  [
    "select path from file where path like 'D/%.conf' or path = 'D/a.conf' or directory = 'D'",
    inD(...files, 'sub'),
    { file: 3 },
  ],
  [
    "select path from file where directory = 'D' and (path = 'D/a.conf' or filename = 'b.conf')",
    inD('a.conf', 'b.conf'),
  ],
  [`select pid from processes where pid = ${process.pid} or name = 'no such process'`, [`${process.pid}`]],
  ["select uid from users where uid = 0 or username = 'root'", ['0']],
]);

check('joins hand constraints on', [
  ['select f.path from users u join file f on f.path = u.directory where u.uid = 0', ['/root'], { users: 1, file: 1 }],
  ['select f.path from file f join users u on f.path = u.directory where u.uid = 0', ['/root'], { users: 1, file: 1 }],
  ['select f.path from users u left join file f on f.path = u.directory where u.uid = 0', ['/root']],
  ["select h.path from file f join hash h using (path) where f.path like 'D/a%'", one],
  ["select h.path from hash h join file f using (path) where h.path like 'D/a%'", one],
  [
    "select f.path from (select 'D' as d union select 'D/sub') x join file f on f.path like x.d || '/%.conf'",
    inD('a.conf', 'b.conf', 'x{y}.conf', 'sub/e.conf'),
  ],
  ["select f.path from (select 'D/a.conf' as path union select 'D/none') x join file f using (path)", one, { file: 2 }],
  [
    `select u.username from processes p join users u using (uid) where p.pid = ${process.pid} and u.uid = 0`,
    process.getuid?.() === 0 ? ['root'] : [],
  ],
  [
    `select p.pid from processes p join hash h using (path) where p.pid = ${process.pid}`,
    [`${process.pid}`],
    { processes: 1, hash: 1 },
  ],
  [
    `select (select path from hash where path = p.path) is not null as hashed from processes p where pid = ${process.pid}`,
    ['1'],
  ],
]);

check('constraints reach a table through subqueries', [
  ["select path from (select path from file) where path = 'D/a.conf'", one],
  ["with f as (select path, size from file) select path from f where path = 'D/a.conf'", one],
  [
    "select path from file where path = 'D/a.conf' union all select path from file where path = 'D/b.conf'",
    inD('a.conf', 'b.conf'),
  ],
  ["select path from file where (path, directory) = ('D/a.conf', 'D')", one],
  ["select path from file where lower(filename) = 'a.conf' and directory = 'D'", one],
]);

check('an empty path finds nothing, and is no fault', [
  ["select path from file where path = ''", []],
  ['select path from file where path = null', []],
  ["select path from file where path in ('', 'D/a.conf')", one],
  ["select path from hash where path = ''", []],
  ["select path from file where directory = ''", []],
  ["select path from file where path like ''", []],
]);

check('a LIMIT loses no row', [
  ["select path from file where directory = 'D' order by path desc limit 1", inD('x{y}.conf')],
  ["select path from file where directory = 'D' and filename like '%.txt' limit 1", inD('c.txt')],
  ["select count(*) from (select path from file where directory = 'D' limit 2 offset 1)", ['2']],
]);

test('without a required column a statement fails and says which columns there are', {
  timeout: 60_000,
}, async context => {
  const [core, directory] = [await openCore(context), plant(context)];
  const example = {
    file: "select path, size, mtime from file where path = '/etc/passwd'",
    hash: "select sha256 from hash where path = '/bin/ls'",
  };
  for (const table of ['file', 'hash'] as const)
    for (const rest of [
      '',
      'limit 1',
      'order by path limit 1',
      'where path is null',
      "where path != 'D/a.conf'",
      "where path > 'D/a.conf'",
      "where path || '' = 'D/a.conf'",
      "where path = 'D/a.conf' or pid_with_namespace = 0 and mount_namespace_id = 'x'",
      'cross join users',
    ])
      await context.test(`${table} ${rest}`, async () => {
        const message = `Table ${table} was queried without a required column in the WHERE clause: path or directory. Example: ${example[table]}`;
        await assert.rejects(
          ask(core, directory, `select path from ${table} ${rest}`),
          (error: Error & { sqliteCode?: number }) => {
            failsWith('SQL_ERROR', message)(error);
            return error.sqliteCode === 19;
          },
        );
      });
});
