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

test('status lines that could not be stored are told of once they can be', async context => {
  const store = Store.memory();
  const status = new StatusLog(quiet, () => undefined);
  const outbox = await Outbox.open(store, {
    loggers: ['log'],
    budgetBytes: 1 << 20,
    sequence: true,
    report: () => undefined,
    statusText: text => text,
  });
  const delivery = new StatusDelivery(status, outbox, () => 'host');
  const told = context.mock.method(process.stderr, 'write', () => true);
  const full = context.mock.method(store, 'batch', () => Promise.reject(new Error('no space left')));
  status.info('daemon', 'one');
  status.info('daemon', 'two');
  await delivery.flush();
  full.mock.restore();
  const complaints = told.mock.calls.map(({ arguments: [text] }) => String(text));
  told.mock.restore();
  assert.ok(complaints.some(text => text.includes('no space left')));
  const got: string[] = [];
  await outbox.attach({ name: 'log', deliver: async entries => void got.push(...entries.map(({ text }) => text)) });
  status.info('daemon', 'three');
  await delivery.flush();
  await outbox.drain(5000);
  await outbox.close();
  const messages = got.map(text => (JSON.parse(text) as { m: string }).m);
  assert.match(messages[0] ?? '', /^2 status lines could not be stored/);
  assert.deepEqual(messages.slice(1), ['three']);
});

test('status lines that cannot be stored reach loggers that are there all the same', async context => {
  const store = Store.memory();
  const status = new StatusLog(quiet, () => undefined);
  const outbox = await Outbox.open(store, {
    loggers: ['log'],
    budgetBytes: 1 << 20,
    sequence: true,
    report: () => undefined,
    statusText: text => text,
  });
  const delivery = new StatusDelivery(status, outbox, () => 'host');
  const got: string[] = [];
  await outbox.attach({ name: 'log', deliver: async entries => void got.push(...entries.map(({ text }) => text)) });
  const full = context.mock.method(store, 'batch', () => Promise.reject(new Error('no space left')));
  status.info('daemon', 'one');
  await delivery.flush();
  full.mock.restore();
  status.info('daemon', 'two');
  await delivery.flush();
  await outbox.drain(5000);
  await outbox.close();
  assert.deepEqual(
    got.map(text => (JSON.parse(text) as { m: string }).m),
    ['one', 'two'],
  );
});

test('the first reason to end counts', async () => {
  const end = new EndRequest();
  end.ask('first', 3);
  end.ask('second');
  assert.deepEqual(await end.asked, { reason: 'first', code: 3 });
});
