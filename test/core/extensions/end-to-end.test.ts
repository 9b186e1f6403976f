import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { programOf } from '../../../core/src/extensions/program.ts';
import { Supervisor } from '../../../core/src/extensions/supervisor.ts';
import { Bench } from './fakes.ts';

const hello = join(import.meta.dirname, '../../../examples/hello-table/hello.ts');

const supervise = (bench: Bench): Supervisor =>
  new Supervisor([programOf(hello)], {
    socket: bench.socket,
    timeoutSeconds: 3,
    intervalSeconds: 1,
    verbose: false,
    onLine: (_extension, _stream, line) => bench.log.status.info('extension', line),
    onEvent: () => undefined,
  });

/** The uuid of the extension that is ready, one that is not `former`. */
async function ready(bench: Bench, former = 0): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const look = (): void => {
    const found = bench.manager.extensions().find(({ state, uuid }) => state === 'ready' && uuid !== former);
    if (found !== undefined) resolve(found.uuid);
  };
  const stop = bench.manager.onEvent(look);
  look();
  return promise.finally(stop);
}

test('an extension of the SDK is started, called, stopped by a signal, killed, and serves again', {
  timeout: 60_000,
}, async () => {
  await using bench = await new Bench().start({ timeoutMs: 3000 });
  await using supervisor = supervise(bench);
  supervisor.start();
  const uuid = await ready(bench);
  const [table = ''] = bench.sql.tables.keys();
  const generate = {
    action: 'generate',
    context: '{"constraints":[{"name":"name","list":[{"op":2,"expr":"you"}],"affinity":"TEXT"}]}',
  };
  const { status, response } = await bench.registry.call('table', table, generate);
  assert.equal(status.code, 0, status.message);
  assert.equal(response[0]?.greeting, 'Hello, you!');
  const [pid = 0] = supervisor.pids;
  process.kill(pid, 'SIGSTOP');
  await bench.state(uuid, 'suspended');
  process.kill(pid, 'SIGCONT');
  assert.equal(await ready(bench), uuid);
  process.kill(pid, 'SIGKILL');
  const next = await ready(bench, uuid);
  assert.equal(bench.sql.tables.get(table)?.placement.uuid, next);
  assert.equal((await bench.registry.call('table', table, generate)).status.code, 0);
});
