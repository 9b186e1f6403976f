import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serviceManager } from '../../../core/src/watchdog/service-manager.ts';
import { DatagramReceiver } from './datagram-receiver.ts';

const silent = (reason: string): never => assert.fail(reason);

test('a service manager is told by datagram, at a path or an abstract name, and its variables go', async context => {
  const folder = mkdtempSync(join(tmpdir(), 'outpost-notify-'));
  context.after(() => rmSync(folder, { recursive: true }));
  for (const path of [join(folder, 'notify'), `@outpost-${randomUUID()}`]) {
    const receiver = await DatagramReceiver.bind(context, path);
    const environment = { NOTIFY_SOCKET: path, OTHER: 'stays' };
    const manager = serviceManager(environment, silent);
    assert.deepEqual(environment, { OTHER: 'stays' });
    manager.tell('READY=1', 'STATUS=größer');
    assert.equal(await receiver.next(), 'READY=1|STATUS=größer');
    manager.reloading();
    assert.match(await receiver.next(), /^RELOADING=1\|MONOTONIC_USEC=\d{7,}$/);
  }
});

test('signs of life come when they are wanted from this process', async context => {
  const path = `@outpost-${randomUUID()}`;
  const receiver = await DatagramReceiver.bind(context, path);
  const alive = setInterval(() => undefined, 1000);
  context.after(() => clearInterval(alive));
  serviceManager({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '10000', WATCHDOG_PID: '1' }, silent, 2).tell(
    'STATUS=of another',
  );
  serviceManager({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '100000', WATCHDOG_PID: '2' }, silent, 2);
  assert.equal(await receiver.next(), 'STATUS=of another');
  assert.equal(await receiver.next(), 'WATCHDOG=1');
  assert.equal(await receiver.next(), 'WATCHDOG=1');
});

test('without a service manager nothing is told, and one that is away is mentioned once', () => {
  serviceManager({}, silent).tell('READY=1');
  const troubles: string[] = [];
  const away = serviceManager({ NOTIFY_SOCKET: '/nowhere/notify' }, reason => troubles.push(reason));
  away.tell('READY=1');
  away.tell('STOPPING=1');
  serviceManager({ NOTIFY_SOCKET: 'vsock:2:1' }, reason => troubles.push(reason)).tell('READY=1');
  assert.match(
    troubles.join('\n'),
    /^The service manager at \/nowhere\/notify cannot be told: .*\nNOTIFY_SOCKET is neither .*: vsock:2:1$/,
  );
});
