import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ExtensionManagerClient2,
  type LeaseGrant,
  leaseStates,
  type OutpostError,
  type RegistryUpdate,
  readRows,
  type TableDocument,
  unixEndpoint,
} from '@outpost/protocol';
import { Bench, FakeExtension, introduction, oneColumn } from './fakes.ts';

const document = (name: string, more: Partial<TableDocument> = {}): TableDocument => ({
  name,
  description: `What ${name} has.`,
  examples: [],
  platforms: [],
  columns: [{ name: 'a', description: 'The only one.' }],
  order: [],
  exact: [],
  writable: false,
  pushed: false,
  ...more,
});

const noChange: RegistryUpdate = { add: {}, tables: [], remove: {} };

/** A manager, and a peer of version 2. */
class LeaseBench extends Bench {
  client!: ExtensionManagerClient2;

  async begin(): Promise<this> {
    await this.start();
    this.client = await ExtensionManagerClient2.connect(unixEndpoint(this.socket));
    return this;
  }

  open(name: string, tables: readonly string[] = [], documents: readonly TableDocument[] = []): Promise<LeaseGrant> {
    const registry = tables.length > 0 ? { table: Object.fromEntries(tables.map(table => [table, oneColumn])) } : {};
    return this.client.openLease(introduction(name), registry, documents);
  }

  /** Opens a lease and listens. */
  async listening(name: string, tables: readonly string[] = []): Promise<[LeaseGrant, FakeExtension]> {
    const grant = await this.open(name, tables);
    return [grant, await FakeExtension.serve(unixEndpoint(`${this.socket}.${grant.lease.uuid}`), grant.lease.uuid)];
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await super[Symbol.asyncDispose]();
  }
}

const refusedWith =
  (code: string, message?: RegExp) =>
  (error: OutpostError): boolean => {
    assert.equal(error.code, code);
    if (message !== undefined) assert.match(error.message, message);
    return true;
  };

test('a lease declares tables with their documentation, and each has a higher generation', async () => {
  await using bench = await new LeaseBench().begin();
  const documents = [document('first', { writable: true, exact: ['a', 'absent'], examples: ['select 1'] })];
  const { lease, intervalMs } = await bench.open('ext', ['first', 'second'], documents);
  assert.equal(intervalMs, 200);
  const first = bench.sql.tables.get('first');
  assert.deepEqual(first?.placement.lease, { generation: lease.generation, writable: ['first'] });
  assert.deepEqual(
    [first?.schema.description, first?.schema.examples, first?.schema.exact, first?.schema.columns[0]?.description],
    ['What first has.', ['select 1'], ['a'], 'The only one.'],
  );
  assert.equal(bench.sql.tables.get('second')?.schema.description, '');
  const other = await bench.open('other');
  assert.ok(other.lease.generation > lease.generation);
});

test('a name that is alive is held; what registering refuses is refused with its words', async () => {
  await using bench = await new LeaseBench().begin();
  await using extension = (await bench.listening('ext', ['t']))[1];
  assert.equal(extension.shutdowns, 0);
  await assert.rejects(bench.open('ext'), refusedWith('LEASE_HELD'));
  await assert.rejects(bench.open('other', ['t']), refusedWith('LEASE_REFUSED', /Failed adding registry: .*t/));
});

test('renewals keep an extension ready without pings, and tell what became of a lease', async () => {
  await using bench = await new LeaseBench().begin();
  const [{ lease }, extension] = await bench.listening('ext');
  await bench.state(lease.uuid, 'ready');
  assert.equal((await bench.client.renew(lease)).state, leaseStates.held);
  assert.equal((await bench.client.renew({ ...lease, generation: 1 })).state, leaseStates.unknown);
  await extension[Symbol.asyncDispose]();
  await bench.state(lease.uuid, 'dead');
  assert.equal((await bench.client.renew(lease)).state, leaseStates.unknown);
  await bench.open('ext');
  assert.equal((await bench.client.renew(lease)).state, leaseStates.replaced);
  await assert.rejects(bench.client.updateRegistry(lease, noChange), refusedWith('LEASE_REPLACED'));
});

test('a lease given back is unknown', async () => {
  await using bench = await new LeaseBench().begin();
  const { lease } = await bench.open('ext');
  assert.equal((await bench.client.deregisterExtension(lease.uuid)).code, 0);
  assert.equal((await bench.client.renew(lease)).state, leaseStates.unknown);
  await assert.rejects(bench.client.updateRegistry(lease, noChange), refusedWith('LEASE_UNKNOWN'));
});

test('tables and plugins are added and removed on a living lease, all or none of them', async () => {
  await using bench = await new LeaseBench().begin();
  const { lease } = await bench.open('ext', ['kept', 'gone']);
  await bench.open('neighbour', ['taken']);
  const change = {
    add: { table: { fresh: oneColumn }, logger: { log: [] } },
    tables: [document('fresh', { writable: true })],
    remove: { table: ['gone'] },
  };
  await bench.client.updateRegistry(lease, change);
  assert.deepEqual([...bench.sql.tables.keys()].sort(), ['fresh', 'kept', 'taken']);
  assert.deepEqual(bench.sql.tables.get('fresh')?.placement.lease?.writable, ['fresh']);
  assert.equal(bench.registry.ownerOf('logger', 'log'), lease.uuid);
  assert.equal(bench.registry.has('table', 'gone'), false);
  const conflicting = {
    add: { table: { taken: oneColumn } },
    tables: [],
    remove: { table: ['kept'], logger: ['log'] },
  };
  await assert.rejects(bench.client.updateRegistry(lease, conflicting), refusedWith('LEASE_REFUSED', /taken/));
  const faulty = { add: { table: { 'not a name': oneColumn } }, tables: [], remove: { table: ['kept'] } };
  await assert.rejects(bench.client.updateRegistry(lease, faulty), refusedWith('LEASE_REFUSED'));
  assert.deepEqual([...bench.sql.tables.keys()].sort(), ['fresh', 'kept', 'taken']);
  assert.deepEqual(
    ['kept', 'fresh'].map(name => bench.registry.ownerOf('table', name)),
    [lease.uuid, lease.uuid],
  );
  assert.equal(bench.registry.ownerOf('logger', 'log'), lease.uuid);
});

test('a statement is answered page by page, and refused with its reason', async () => {
  await using bench = await new LeaseBench().begin();
  let page = await bench.client.openQuery('one again two again three', 0);
  assert.deepEqual([page.columns, page.types], [['sql'], ['TEXT']]);
  const rows = [...readRows(page.rows)];
  while (page.more) {
    page = await bench.client.nextRows(page.cursor, 0);
    rows.push(...readRows(page.rows));
  }
  assert.equal(rows.length, 3);
  await assert.rejects(bench.client.nextRows(page.cursor, 0), refusedWith('UNKNOWN_CURSOR'));
  await assert.rejects(bench.client.openQuery('bad', 0), /near "bad": syntax error/);
});

test('plugins of the core are asked on terms', async () => {
  await using bench = await new LeaseBench().begin();
  const { status } = await bench.client.ask('config', 'absent', {});
  assert.deepEqual([status.code, status.message], [1, 'Cannot call registry item: absent']);
});
