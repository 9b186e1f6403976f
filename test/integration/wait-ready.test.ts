import assert from 'node:assert/strict';
import { test } from 'node:test';
import { repositoryFile, Sandbox } from './harness.ts';

test('what has to be there is waited for, and what is missing is said', async context => {
  const sandbox = Sandbox.for(context);
  sandbox.write('outpost.conf', { schedule: {} });
  const wait = async (...args: string[]) => {
    const started = sandbox.run('core/bin/outpost.mjs', ['wait-ready', '--socket', sandbox.socket, ...args]);
    const { code } = await started.ended;
    return { code, stderr: started.stderr };
  };
  const early = wait('--extension', 'hello', '--table', 'hello', 'time');
  sandbox.daemon(`--extension=${repositoryFile('examples', 'hello-table', 'hello.ts')}`);
  assert.deepEqual(await early, { code: 0, stderr: '' });
  const absent = await wait('--extension', 'nobody', '--timeout', '0.5');
  assert.deepEqual(absent, {
    code: 1,
    stderr: 'The agent is not ready after 0.5 s: the extension nobody has not registered.\n',
  });
  const noTable = await wait('--table', 'nothing', '--timeout', '0.2');
  assert.equal(noTable.code, 1);
  assert.match(noTable.stderr, /no such table: nothing/);
  const wrong = await wait('--timeout', 'soon');
  assert.match(wrong.stderr, /A number of seconds is expected/);
});

test('without an agent the wait ends in time and says so', async context => {
  const sandbox = Sandbox.for(context);
  const started = sandbox.run('core/bin/outpost.mjs', ['wait-ready', '--socket', sandbox.socket, '--timeout', '0.3']);
  assert.equal((await started.ended).code, 1);
  assert.match(started.stderr, /not ready after 0.3 s: Extension socket not available/);
});
