import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { Sandbox, until } from './harness.ts';

test('options of the configuration decide where and how the bundled logger writes', async context => {
  const sandbox = Sandbox.for(context);
  mkdirSync(sandbox.path('logs'));
  sandbox.write('outpost.conf', {
    options: { logger_path: sandbox.path('logs'), logger_rotate: true, logger_rotate_size: 200 },
    schedule: { always: { query: 'select total_seconds from uptime', interval: 1 } },
  });
  sandbox.daemon();
  await until('a rotated log', () =>
    sandbox.lines('logs/outpostd.results.log.1').find(({ name }) => name === 'always'),
  );
});
