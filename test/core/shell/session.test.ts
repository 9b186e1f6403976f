import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { FlagStore, programOf } from '../../../core/src/flags/index.ts';
import { complete } from '../../../core/src/shell/input/completion.ts';
import { historyLimit, historyPath, loadHistory, saveHistory } from '../../../core/src/shell/input/history.ts';
import { linesOf } from '../../../core/src/shell/input/lines.ts';
import { metaWords } from '../../../core/src/shell/meta/tokens.ts';
import { SqlError } from '../../../core/src/shell/result.ts';
import { settingsOf } from '../../../core/src/shell/settings.ts';
import { type LocalSource, type RemoteSource, Shell, type ShellHost } from '../../../core/src/shell/shell.ts';
import { EngineSource } from '../../../core/src/shell/source/local.ts';
import { fakeEngine } from './fake-engine.ts';
import { MemorySink, runInProcess } from './host.ts';

const directory = mkdtempSync(join(tmpdir(), 'outpost-session-'));
after(() => rmSync(directory, { recursive: true }));

const remote = (answers: Partial<RemoteSource>): (() => Promise<RemoteSource>) => {
  return async () => ({
    socketPath: '/run/x.em',
    query: async () => ({ columns: ['k'], rows: [['x']] }),
    columns: async () => [],
    close: async () => undefined,
    ...answers,
  });
};

test('a connected shell sends SQL to the manager, and its tables stay local', async () => {
  const stdin = 'select k from g;\n.socket\n.connect /y\n.disconnect\n.tables upt\nselect k from g;\n';
  const { exit, stdout, stderr } = await runInProcess(['--connect=/run/x.em', '--disable_extensions', '--list'], {
    stdin,
    openRemote: remote({}),
  });
  assert.equal(
    stdout.text,
    'Connected to extension socket /run/x.em for debugging\nk\nx\n/var/osquery/osquery.em (connected to /run/x.em)\nDisconnected from extension socket /run/x.em\n  => uptime\n',
  );
  assert.equal(stderr.text, 'Error: Please disconnect from the current socket\nError: near line 6: no such table: g\n');
  assert.equal(exit, 1);
});

test('the code of a remote status is the exit code', async () => {
  const openRemote = remote({ query: () => Promise.reject(new SqlError('no such table: g', 7)) });
  const { exit, stderr } = await runInProcess(['--connect=/run/x.em', 'select * from g'], { openRemote });
  assert.equal(exit, 7);
  assert.equal(stderr.text, 'Error: no such table: g\n');
});

test('an error without a message names the statement', async () => {
  const openRemote = remote({ query: () => Promise.reject(new SqlError('', 1)) });
  const { stderr } = await runInProcess(['--connect=/run/x.em', 'select 1'], { openRemote });
  assert.equal(stderr.text, 'Error: unable to process SQL "select 1"\n');
});

test('.schema prints what osquery declares', async () => {
  const { stdout } = await runInProcess(['.schema hash']);
  assert.equal(
    stdout.text,
    'CREATE TABLE hash(`path` TEXT, `directory` TEXT, `md5` TEXT COLLATE NOCASE, `sha1` TEXT COLLATE NOCASE, `sha256` TEXT COLLATE NOCASE, `pid_with_namespace` INTEGER HIDDEN, `mount_namespace_id` TEXT HIDDEN, PRIMARY KEY (`path`, `pid_with_namespace`)) WITHOUT ROWID;\n',
  );
});

test('flags without effect are named in one line before the result', async () => {
  const { stdout, stderr, exit } = await runInProcess(['--planner', '--list', 'select 1 as a']);
  assert.equal(stderr.text, 'This flag is known, but has no effect yet: --planner.\n');
  assert.equal(stdout.text, 'a\n1\n');
  assert.equal(exit, 0);
});

test('a name of outpost has its own directory', async () => {
  const { stdout } = await runInProcess(['.socket'], { name: 'outposti', environment: { HOME: directory } });
  assert.equal(stdout.text, `${directory}/.outpost/shell.em\n`);
});

test('words of a meta command know quotes and escapes', () => {
  assert.deepEqual(metaWords('print a  b \'c d\' "e\\tf" g\\101'), ['print', 'a', 'b', 'c d', 'e\tf', 'gA']);
  assert.deepEqual(metaWords('x "open'), ['x', 'open']);
  assert.deepEqual(metaWords("nullvalue ''"), ['nullvalue', '']);
  assert.deepEqual(metaWords('  '), []);
});

test('lines come out whole, however the bytes are cut', async () => {
  const bytes = Buffer.from('é\n\nb\r\nlast');
  for (let size = 1; size < 6; size += 1) {
    const chunks = async function* (): AsyncIterable<Uint8Array> {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    };
    const lines: string[] = [];
    for await (const line of linesOf(chunks())) lines.push(line);
    assert.deepEqual(lines, ['é', '', 'b\r', 'last']);
  }
});

test('the history keeps its newest lines, for the owner only', () => {
  assert.deepEqual(loadHistory(directory), []);
  const lines = Array.from({ length: historyLimit + 5 }, (_, index) => `select ${index};`);
  assert.equal(saveHistory(directory, lines), undefined);
  assert.equal(statSync(historyPath(directory)).mode & 0o777, 0o600);
  assert.deepEqual(loadHistory(directory), lines.slice(5));
  writeFileSync(historyPath(directory), 'one\n\ntwo\n');
  assert.deepEqual(loadHistory(directory), ['one', 'two']);
  assert.match(saveHistory('/nonexistent', []) ?? '', /ENOENT/);
  assert.match(readFileSync(historyPath(directory), 'utf8'), /two/);
});

const offlineShell = (openLocal: () => Promise<LocalSource>): Shell => {
  const flags = new FlagStore(programOf('outposti', [], directory));
  const host: ShellHost = {
    stdout: new MemorySink(),
    stderr: new MemorySink(),
    stdinIsTerminal: true,
    stdoutIsTerminal: true,
    environment: {},
    stdinLines: async function* () {
      yield* [];
    },
    openLocal,
    openRemote: remote({}),
  };
  return new Shell(flags, host, settingsOf(flags), host.stdout);
};

test('completion knows commands, tables and the columns of the tables that are named', async () => {
  const shell = offlineShell(async () => new EngineSource(fakeEngine()));
  assert.deepEqual(await complete(shell, '.ta'), [['.tables'], '.ta']);
  assert.deepEqual(await complete(shell, 'select * from upt'), [['uptime'], 'upt']);
  assert.deepEqual(await complete(shell, '.schema upt'), [['uptime'], 'upt']);
  assert.deepEqual(await complete(shell, 'select * from uptime where tot'), [['total_seconds'], 'tot']);
  assert.deepEqual(await complete(shell, 'selec'), [['select'], 'selec']);
  assert.deepEqual((await complete(shell, 'select '))[0], []);
  await shell.close();
});
