import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EndRequest } from '../../../core/src/daemon/ending.ts';
import { loadIdentifiers } from '../../../core/src/daemon/identifiers.ts';
import { StatusDelivery } from '../../../core/src/daemon/status-delivery.ts';
import { Outbox } from '../../../core/src/results/outbox/outbox.ts';
import type { Entry } from '../../../core/src/results/outbox/record.ts';
import { StatusLog } from '../../../core/src/status.ts';
import { Store } from '../../../core/src/storage/store.ts';

const quiet = { verbose: false, minStatus: 0, minStderr: 4, stderr: false };

test('identifiers are kept by the store, and the same value is not written again', async () => {
  const store = Store.memory();
  const first = await loadIdentifiers(store, reason => assert.fail(reason));
  first.set('instance_uuid_v1', 'abc');
  assert.equal(first.get('instance_uuid_v1'), 'abc');
  await store.sync();
  const second = await loadIdentifiers(store, reason => assert.fail(reason));
  assert.equal(second.get('instance_uuid_v1'), 'abc');
  assert.equal(second.get('host_uuid_v3'), undefined);
});

test('status lines said before and after the outbox was opened reach its loggers together, in order', async () => {
  const store = Store.memory();
  const status = new StatusLog(quiet, () => undefined);
  status.info('daemon', 'early');
  const outbox = await Outbox.open(store, {
    loggers: ['log'],
    budgetBytes: 1 << 20,
    sequence: true,
    report: () => undefined,
    statusText: text => text,
  });
  const delivery = new StatusDelivery(status, outbox, () => 'host');
  status.warning('daemon', 'late');
  const got: Entry[] = [];
  await outbox.attach({ name: 'log', deliver: async entries => void got.push(...entries) });
  await delivery.flush();
  await outbox.drain(5000);
  await outbox.close();
  assert.deepEqual(
    got.map(({ kind, text }) => [kind, (JSON.parse(text) as { m: string; h: string }).m]),
    [
      ['status', 'early'],
      ['status', 'late'],
    ],
  );
});

test('the first reason to end counts', async () => {
  const end = new EndRequest();
  end.ask('first', 3);
  end.ask('second');
  assert.deepEqual(await end.asked, { reason: 'first', code: 3 });
});
