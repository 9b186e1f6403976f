import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { isRunning, repositoryFile, until } from '../../../integration/harness.ts';
import { authorsDirectory, ext } from './kit.ts';

const table = (
  word: string,
  rows = 'yield { word }',
): string => `import { defineTable, serve, text } from '@outpost/sdk';
import { word } from './word.ts';

const said = defineTable({
  name: 'said',
  description: 'A word.',
  columns: { word: text('The word'), ${word}: text('Another column') },
  *generate() {
    ${rows};
  },
});

console.log('printed', process.pid);
await serve([said], { name: 'said' });
`;

/** `outpost ext run` at work, and what it has said so far. */
class Session {
  readonly file: string;
  readonly #word: string;
  readonly #child: ChildProcess;
  #output = '';
  #seen = 0;

  constructor(context: TestContext) {
    const directory = authorsDirectory(context);
    this.file = join(directory, 'said.ts');
    this.#word = join(directory, 'word.ts');
    this.say('one');
    this.write(table('more'));
    const program = repositoryFile('core', 'bin', 'outpost.mjs');
    this.#child = spawn(process.execPath, [program, 'ext', 'run', '--json', this.file], { stdio: 'pipe' });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    context.after(() => this.#child.kill('SIGKILL'));
  }

  write(text: string): void {
    writeFileSync(this.file, text);
  }

  say(word: string): void {
    writeFileSync(this.#word, `export const word: string = '${word}';\n`);
  }

  /** Waits for something that was not waited for before. */
  async told(pattern: RegExp): Promise<RegExpExecArray> {
    const found = await until(`${pattern}`, () => pattern.exec(this.#output.slice(this.#seen)) ?? undefined).catch(
      error => assert.fail(`${(error as Error).message}\n${this.#output}`),
    );
    this.#seen += found.index + found[0].length;
    return found;
  }

  ask(sql: string): void {
    this.#child.stdin?.write(`${sql};\n`);
  }

  async end(): Promise<number | null> {
    this.#child.stdin?.end();
    return new Promise(resolve => this.#child.once('exit', resolve));
  }
}

test('an extension is started anew when its file, or what it imports, changes', { timeout: 110_000 }, async context => {
  const session = new Session(context);
  await session.told(/said \| printed \d+/);
  await session.told(/said: ready, tables: said/);
  session.ask('select word from said');
  await session.told(/"word":"one"/);
  session.say('two');
  await session.told(/said: a file has changed; starting it again/);
  await session.told(/said: ready/);
  session.ask('select word from said');
  await session.told(/"word":"two"/);
  session.write(table('renamed'));
  await session.told(/said: ready/);
  session.ask("select renamed = '' as there from said");
  await session.told(/"there":"1"/);
  assert.equal(await session.end(), 0);
});

test('an extension survives mistakes in its file, and its own death', { timeout: 110_000 }, async context => {
  const session = new Session(context);
  await session.told(/said: ready/);
  session.write('const = 1;\n');
  await session.told(/said \| SyntaxError.*Unexpected token/);
  await session.told(/said: it ended with exit code 1; it is started again when a file changes/);
  session.ask('select 1 as still');
  await session.told(/"still":"1"/);
  session.write(table('Two Words'));
  await session.told(/said \| .*Two/);
  await session.told(/it is started again when a file changes/);
  session.write(table('more', 'process.exit(9); yield { word }'));
  await session.told(/said: ready/);
  session.ask('select * from said');
  await session.told(/said: it ended with exit code 9; it is started again/);
  rmSync(session.file);
  await session.told(/Cannot find module|ERR_MODULE_NOT_FOUND/);
  session.write(table('more'));
  await session.told(/said: ready/);
  session.ask('select word from said');
  await session.told(/"word":"one"/);
  assert.equal(await session.end(), 1); // a statement failed
});

test('nothing is left when it ends', { timeout: 110_000 }, async context => {
  const session = new Session(context);
  const [, pid] = await session.told(/printed (\d+)/);
  await session.told(/said: ready/);
  session.ask('select path from osquery_extensions where uuid = 0');
  const [, path = ''] = await session.told(/"path":"([^"]*)"/);
  assert.equal(await session.end(), 0);
  assert.equal(isRunning(Number(pid)), false);
  assert.equal(existsSync(path), false);
});

test('one query is asked, and what cannot be run is told', context => {
  const author = authorsDirectory(context);
  const hello = repositoryFile('examples', 'hello-table', 'hello.ts');
  const { status, stdout } = ext(
    author,
    'run',
    hello,
    '--json',
    '--query',
    "select length from hello where name = 'you'",
  );
  assert.deepEqual([status, JSON.parse(stdout)], [0, [{ length: '11' }]]);
  writeFileSync(join(author, 'notes.txt'), 'no program');
  for (const [words, told] of [
    [['nowhere.ts'], /There is no file .*nowhere\.ts/],
    [['notes.txt'], /neither a program nor a source file/],
    [['.'], /neither a program nor a source file/],
    [[], /missing required argument 'file'/],
  ] as const) {
    const ended = ext(author, 'run', ...words);
    assert.equal(ended.status, 1);
    assert.match(ended.stderr, told);
  }
  assert.match(readFileSync(hello, 'utf8'), /defineTable/);
});
