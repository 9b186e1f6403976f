import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DatagramReceiver } from '../core/watchdog/datagram-receiver.ts';
import { killHard, Sandbox } from './harness.ts';

for (const flags of [[], ['--disable_watchdog']])
  test(`a service manager hears how the daemon is (${flags[0] ?? 'with a watcher'})`, async context => {
    const sandbox = Sandbox.for(context);
    const path = flags.length === 0 ? sandbox.path('notify') : `@outpost-${randomUUID()}`;
    const receiver = await DatagramReceiver.bind(context, path);
    Object.assign(sandbox.environment, { NOTIFY_SOCKET: path, WATCHDOG_USEC: '400000' });
    sandbox.write('outpost.conf', { schedule: {} });
    const daemon = sandbox.daemon(...flags);
    await receiver.until(/^READY=1/);
    const { worker } = await sandbox.pids();
    assert.doesNotMatch(readFileSync(`/proc/${worker}/environ`, 'latin1'), flags.length === 0 ? /NOTIFY_SOCKET/ : /^$/);
    await receiver.until(/^WATCHDOG=1$/);
    daemon.process.kill('SIGHUP');
    await receiver.until(/^RELOADING=1\|MONOTONIC_USEC=\d+$/);
    await receiver.until(/^READY=1/);
    if (flags.length === 0) {
      killHard(worker);
      await receiver.until(/^STATUS=The worker \d+ was ended by SIGKILL/);
      await receiver.until(/^READY=1\|STATUS=the worker \d+ serves$/);
    }
    daemon.process.kill('SIGTERM');
    await receiver.until(/^STOPPING=1/);
    assert.deepEqual(await daemon.ended, { code: 0, signal: null });
  });
