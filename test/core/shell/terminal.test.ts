import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const fixture = fileURLToPath(new URL('./terminal-fixture.ts', import.meta.url));
/** script(1) of util-linux, which gives a pseudo-terminal. */
const terminalProgram: string = 'script';
const noScript = spawnSync(terminalProgram, ['--version']).status !== 0;

const homes: string[] = [];
after(() => {
  for (const home of homes) rmSync(home, { recursive: true });
});

interface Session {
  readonly exit: number | null;
  readonly screen: string;
  readonly home: string;
}

/** Types at a shell on a pseudo-terminal: each text after the one before it brought `wait` onto the screen. */
const typed = async (
  steps: readonly { readonly wait: string; readonly type: string }[],
  term = 'dumb',
): Promise<Session> => {
  const home = mkdtempSync(join(tmpdir(), 'outpost-terminal-'));
  homes.push(home);
  const environment = { ...process.env, HOME: home, TERM: term, COLUMNS: '200' };
  const command = `exec ${process.execPath} ${fixture} --disable_extensions`;
  const child = spawn(terminalProgram, ['-qec', command, '/dev/null'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 15_000,
  });
  let screen = '';
  let from = 0;
  const waiting = [...steps];
  child.stdout.on('data', chunk => {
    screen += chunk;
    for (let step = waiting[0]; step !== undefined; step = waiting[0]) {
      const at = screen.indexOf(step.wait, from);
      if (at < 0) return;
      from = at + step.wait.length;
      waiting.shift();
      child.stdin.write(step.type);
    }
  });
  const [exit] = await once(child, 'close');
  assert.deepEqual(waiting, [], screen);
  return { exit, screen, home };
};

const prompt = 'osquery> ';

describe('at a terminal', { skip: noScript && 'script(1) is not installed', concurrency: 2, timeout: 60_000 }, () => {
  test('statements run at their semicolon, and the history is kept', async () => {
    const { exit, screen, home } = await typed([
      { wait: prompt, type: 'select\n' },
      { wait: '...> ', type: '1 as a;\n' },
      { wait: prompt, type: '.quit\n' },
    ]);
    assert.equal(exit, 0);
    assert.ok(
      screen.includes("Tables of this machine as a \u001b[1mvirtual database\u001b[0m. Need help, type '.help'"),
    );
    assert.match(screen, /\+---\+\r\n\| a \|\r\n\+---\+\r\n\| 1 \|\r\n\+---\+\r\n/);
    const history = join(home, '.osquery/.history');
    assert.equal(readFileSync(history, 'utf8'), 'select\n1 as a;\n.quit\n');
    assert.equal(statSync(history).mode & 0o777, 0o600);
  });

  test('errors have no line number, and the end of the input leaves with 1 after one', async () => {
    const { exit, screen } = await typed([
      { wait: prompt, type: 'selec;\n' },
      { wait: 'Error: near "selec": syntax error', type: '' },
      { wait: prompt, type: '\u0004' },
    ]);
    assert.equal(exit, 1);
    assert.match(screen, /\r\nError: near "selec": syntax error\r\n/);
  });

  test('.exit with a number leaves with it', async () => {
    const { exit } = await typed([{ wait: prompt, type: '.exit 3\n' }]);
    assert.equal(exit, 3);
  });

  test('Ctrl-C forgets a line that was begun', async () => {
    const { exit, screen } = await typed([
      { wait: prompt, type: 'select 1\n' },
      { wait: '...> ', type: 'nonsense' },
      { wait: 'nonsense', type: '\u0003' },
      { wait: prompt, type: 'select 2 as b;\n' },
      { wait: '| 2 |', type: '' },
      { wait: prompt, type: '.quit\n' },
    ]);
    assert.equal(exit, 0);
    assert.doesNotMatch(screen, /Error/);
  });

  test('Ctrl-C stops a statement that runs', async () => {
    const { exit, screen } = await typed([
      { wait: prompt, type: 'select endless;\n' },
      { wait: 'It runs.', type: '\u0003' },
      { wait: 'Error: interrupted', type: '' },
      { wait: prompt, type: '.quit\n' },
    ]);
    assert.equal(exit, 1);
    assert.match(screen, /Error: interrupted/);
  });

  test('Tab completes the name of a table, and the prompt has a colour where there are 256', async () => {
    const { screen } = await typed(
      [
        { wait: prompt, type: 'select count(*) as c from upti\t' },
        { wait: 'uptime', type: ';\n' },
        { wait: '| 0 |', type: '' },
        { wait: prompt, type: '.quit\n' },
      ],
      'xterm-256color',
    );
    assert.ok(screen.includes('\u001b[38;5;147mosquery> \u001b[0m'));
  });
});
