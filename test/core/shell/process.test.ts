import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const shim = fileURLToPath(new URL('../../../core/bin/outposti.mjs', import.meta.url));

const home = mkdtempSync(join(tmpdir(), 'outpost-home-'));
after(() => rmSync(home, { recursive: true }));
const environment = { ...process.env, HOME: home };

interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const outposti = (argv: readonly string[], input = ''): Ended => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [shim, ...argv], {
    input,
    encoding: 'utf8',
    env: environment,
  });
  return { exit: status, stdout, stderr };
};

describe('outposti as a process', () => {
  test('answers a statement from the tables of this machine', () => {
    const { exit, stdout, stderr } = outposti(['--json', 'select count(*) > 1 as many from processes']);
    assert.deepEqual([exit, stdout, stderr], [0, '[\n  {"many":"1"}\n]\n', '']);
  });

  test('a table without its required column says which, and exits with 19', () => {
    const { exit, stdout, stderr } = outposti(['select * from hash']);
    assert.equal(exit, 19);
    assert.equal(stdout, '');
    assert.match(stderr, /Error: Table hash was queried without a required column in the WHERE clause/);
  });

  test('a table of another platform says so', () => {
    const { exit, stderr } = outposti(['select * from registry']);
    assert.equal(exit, 1);
    assert.match(stderr, /Windows/);
  });

  test('statements on stdin run one after the other', () => {
    const { exit, stdout, stderr } = outposti(
      ['--list'],
      'create table zz(a);\ninsert into zz values (5);\nselec;\nselect a from zz;\n',
    );
    assert.deepEqual([exit, stdout, stderr], [1, 'a\n5\n', 'Error: near line 3: near "selec": syntax error\n']);
  });

  test('switched-off tables are listed and cannot be used', () => {
    assert.match(
      outposti(['--disable_tables=time,osquery_flags', '.tables']).stdout,
      / => osquery_flags\n(?:.*\n)* {2}=> time\n/,
    );
    assert.equal(outposti(['--disable_tables=time', 'select * from time']).stderr, 'Error: no such table: time\n');
    assert.equal(outposti(['--enable_tables=uptime', 'select * from osquery_flags']).exit, 1);
  });

  test('an extension named by a flag answers from its own process', () => {
    const hello = fileURLToPath(new URL('../../../examples/hello-table/hello.ts', import.meta.url));
    const { exit, stdout, stderr } = outposti([
      '--list',
      '--extension',
      hello,
      "select greeting from hello where name = 'you'; select name from osquery_extensions",
    ]);
    assert.equal(stdout, 'greeting\nHello, you!\nname\ncore\nhello\n', stderr);
    assert.equal(exit, 0);
  });

  test('an extension that cannot be started is named, and the statement runs', () => {
    const { exit, stdout, stderr } = outposti(['--list', '--extension=/nonexistent', 'select 1 as a']);
    assert.deepEqual([exit, stdout], [0, 'a\n1\n']);
    assert.match(stderr, /An extension is not started:\n {2}\/nonexistent: extension doesn't exist\. Repair: /);
  });

  test('a file of extensions is read when it is named, and what it lists must be safe', () => {
    const folder = join(home, 'extensions');
    mkdirSync(folder, { mode: 0o755 });
    for (const name of ['safe.ts', 'unsafe.ts']) {
      const table = name.replace('.ts', '');
      const sdk = fileURLToPath(new URL('../../../extensions/sdk/src/index.ts', import.meta.url));
      writeFileSync(
        join(folder, name),
        `import { defineTable, serve, text } from '${sdk}';
        await serve([defineTable({ name: '${table}', description: 'One row.', columns: { a: text('A') }, generate: () => [{ a: '1' }] })], { name: '${table}' });`,
      );
      chmodSync(join(folder, name), name === 'safe.ts' ? 0o644 : 0o666);
    }
    const list = join(folder, 'list');
    writeFileSync(list, `${folder}/safe.ts\n${folder}/unsafe.ts\n`);
    const { stdout, stderr } = outposti(['--list', `--extensions_autoload=${list}`, 'select a from safe']);
    assert.equal(stdout, 'a\n1\n', stderr);
    assert.match(stderr, /unsafe\.ts: everybody may write it\. Repair: chmod o-w/);
  });

  test('the tables about the agent are there without a socket', () => {
    const { stdout, stderr } = outposti([
      '--list',
      "select uuid != '' as a, extensions, watcher from osquery_info; select count(*) as a from osquery_schedule;" +
        "select count(*) as a from osquery_extensions; select count(*) > 50 as a from osquery_flags; select name from osquery_registry where registry = 'logger'",
    ]);
    assert.equal(
      stdout,
      'a|extensions|watcher\n1|inactive|-1\na\n0\na\n0\na\n1\nname\nfilesystem\nstdout\nsyslog\n',
      stderr,
    );
  });

  test('plugins of a module run in the shell; one that cannot be loaded is named, and the statement runs', () => {
    const hello = fileURLToPath(new URL('../../../examples/hello-table/hello.ts', import.meta.url));
    const statement = "select greeting from hello where name = 'me'";
    const { stdout, stderr } = outposti(['--list', `--plugins=${hello}`, statement]);
    assert.deepEqual([stdout, stderr], ['greeting\nHello, me!\n', '']);
    const absent = outposti(['--list', '--plugins=/nonexistent.ts', 'select 1 as a']);
    assert.deepEqual([absent.exit, absent.stdout], [0, 'a\n1\n']);
    assert.match(absent.stderr, /The plugin module \/nonexistent\.ts cannot be loaded/);
  });

  test('a table left to extensions is not there without one, and not listed', () => {
    const { stdout, stderr } = outposti(['--external_tables=time', '.tables']);
    assert.doesNotMatch(stdout, / => time\n/, stderr);
    assert.equal(outposti(['--external_tables=time', 'select * from time']).stderr, 'Error: no such table: time\n');
  });

  test('of a table on both lists, the one that switches off wins', () => {
    const lists = ['--enable_tables=time,uptime', '--disable_tables=time', '--list'];
    assert.equal(outposti([...lists, 'select * from time']).stderr, 'Error: no such table: time\n');
    assert.equal(outposti([...lists, 'select * from users']).stderr, 'Error: no such table: users\n');
    assert.equal(outposti([...lists, 'select count(*) as a from uptime']).stdout, 'a\n1\n');
  });

  test('two shells with extensions have a socket each', async () => {
    const argv = [shim, '--nodisable_extensions'];
    const first = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'], env: environment });
    first.stdin.write('.socket\n');
    const [chunk] = await once(first.stdout, 'data');
    const second = outposti(['--nodisable_extensions', '.socket']);
    assert.equal(String(chunk), `${home}/.outpost/shell.em\n`);
    assert.match(second.stdout, /\/\.outpost\/shell\.em\d+\n$/);
    first.stdin.end();
    assert.deepEqual(await once(first, 'exit'), [0, null]);
    assert.deepEqual(readdirSync(join(home, '.outpost')), []);
  });

  test('answers come while the input is still open', async () => {
    const child = spawn(process.execPath, [shim, '--list', '--noheader'], { stdio: ['pipe', 'pipe', 'inherit'] });
    for (const answer of ['1', '2']) {
      child.stdin.write(`select ${answer};\n`);
      const [chunk] = await once(child.stdout, 'data');
      assert.equal(String(chunk), `${answer}\n`);
    }
    child.stdin.write('.exit 4\n');
    assert.deepEqual(await once(child, 'exit'), [4, null]);
  });

  test('a reader that goes away ends it in silence', () => {
    const endless = 'with recursive c(x) as (select 1 union all select x + 1 from c limit 300000) select x from c';
    const { stdout, stderr } = spawnSync(
      'sh',
      ['-c', `"$0" "$1" --list "$2" | head -2`, process.execPath, shim, endless],
      { encoding: 'utf8' },
    );
    assert.deepEqual([stdout, stderr], ['x\n1\n', '']);
  });

  test('starts with less than ten times the time that Node needs', () => {
    const millisecondsOf = (argv: readonly string[]): number => {
      const times = Array.from({ length: 5 }, () => {
        const began = performance.now();
        spawnSync(process.execPath, argv);
        return performance.now() - began;
      });
      return Math.min(...times);
    };
    const ratio = millisecondsOf([shim, 'select 1']) / millisecondsOf(['-e', '0']);
    assert.ok(ratio < 10, `It took ${ratio.toFixed(1)} times as long; test/bench measures it with care.`);
  });
});
