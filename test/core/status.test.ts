import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type StatusLine, StatusLog, severity, statusText } from '../../core/src/status.ts';

const quiet = { verbose: false, minStatus: 0, minStderr: 1, stderr: true };

test('a line has severity, month and day, time with microseconds, process and source', () => {
  const time = new Date(2026, 10, 4, 5, 6, 7, 89).getTime();
  const text = statusText({ severity: severity.warning, source: 'scheduler', message: 'late', time });
  assert.equal(text, `W1104 05:06:07.089000 ${String(process.pid).padStart(5)} scheduler] late`);
});

test('what is below the least severity of stderr is recorded and not printed', () => {
  const printed: string[] = [];
  const recorded: StatusLine[] = [];
  const log = new StatusLog(quiet, text => printed.push(text));
  log.drainTo(line => recorded.push(line));
  log.info('a', 'one');
  log.error('a', 'two');
  log.verbose('a', 'three');
  assert.deepEqual(
    recorded.map(line => line.message),
    ['one', 'two'],
  );
  assert.equal(printed.length, 1);
});

test('lines wait for a sink in order, and what the bound costs is counted and told', () => {
  const log = new StatusLog(quiet, () => undefined);
  for (let i = 0; i < 10_003; i++) log.info('a', String(i));
  const messages: string[] = [];
  log.drainTo(line => messages.push(line.message));
  assert.equal(log.dropped, 3);
  assert.equal(messages[0], '3');
  assert.equal(messages.at(-2), '10002');
  assert.match(messages.at(-1) ?? '', /^3 earlier status lines were dropped/);
});

test('without stderr only fatal lines are printed, and verbose overrides', () => {
  const printed: string[] = [];
  const log = new StatusLog({ ...quiet, stderr: false, minStatus: 2 }, text => printed.push(text));
  log.error('a', 'hidden');
  log.configure({ ...quiet, stderr: false, verbose: true });
  log.verbose('a', 'shown');
  assert.equal(printed.length, 1);
  assert.match(printed[0] ?? '', /shown/);
});
