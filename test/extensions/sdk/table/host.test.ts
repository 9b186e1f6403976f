import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigint, defineTable, fileView, hostPlugin, routesOf, text, WriteRefused } from '@outpost/sdk';

const shape = {
  name: 'things',
  description: 'Things.',
  columns: { name: text('Name'), size: bigint('Size') },
} as const;
const context = JSON.stringify({ constraints: [{ name: 'name', list: [{ op: 2, expr: 'a' }] }], colsUsed: ['name'] });

test('actions are answered in the words of osquery', async () => {
  const host = hostPlugin(defineTable({ ...shape, generate: () => [] }));
  const message = async (request: Record<string, string>) => (await host(request)).status;
  assert.deepEqual(await message({}), { code: 1, message: 'Table plugins must include a request action', uuid: 0 });
  assert.deepEqual(await message({ action: 'x' }), { code: 1, message: 'Unknown table plugin action: x', uuid: 0 });
});

test('columns gives the routes', async () => {
  const definition = defineTable({ ...shape, generate: () => [] });
  const { status, response } = await hostPlugin(definition)({ action: 'columns' });
  assert.equal(status.code, 0);
  assert.deepEqual(response, routesOf(definition));
});

test('every form of generator is run', async () => {
  const rows = [{ name: 'a', size: 1 }, { name: 'b' }];
  const forms = [
    defineTable({ ...shape, generate: () => rows }),
    defineTable({
      ...shape,
      *generate() {
        yield* rows;
      },
    }),
    defineTable({
      ...shape,
      async generate() {
        return rows;
      },
    }),
    defineTable({
      ...shape,
      async *generate() {
        yield* rows;
      },
    }),
  ];
  for (const form of forms) {
    const { status, response } = await hostPlugin(form)({ action: 'generate', context });
    assert.equal(status.message, 'OK');
    assert.deepEqual(response, [{ name: 'a', size: '1' }, { name: 'b' }]);
  }
});

test('the generator learns what the query wants', async () => {
  const warnings: string[] = [];
  const files = fileView('/');
  const definition = defineTable({
    ...shape,
    *generate(wanted) {
      wanted.warn('odd');
      assert.equal(wanted.files, files);
      assert.equal(wanted.aborted, false);
      for (const name of wanted.equals('name') ?? []) yield { name, size: wanted.used('size') ? 1 : null };
    },
  });
  const host = hostPlugin(definition, { files, warn: message => warnings.push(message) });
  assert.deepEqual((await host({ action: 'generate', context })).response, [{ name: 'a', size: '' }]);
  assert.deepEqual(warnings, ['odd']);
});

test('a generator that fails, and a context that is no JSON, answer code 1', async () => {
  const failing = defineTable({
    ...shape,
    *generate() {
      yield { name: 'a' };
      throw new Error('out of things');
    },
  });
  const answer = await hostPlugin(failing)({ action: 'generate' });
  assert.deepEqual(answer, { status: { code: 1, message: 'out of things', uuid: 0 }, response: [] });
  assert.equal((await hostPlugin(failing)({ action: 'generate', context: '{' })).status.code, 1);
});

test('an asynchronous generator ends when its caller goes away', async () => {
  const caller = new AbortController();
  const ended = Promise.withResolvers<boolean>();
  const endless = defineTable({
    ...shape,
    async *generate({ signal }) {
      try {
        for (let size = 0; ; size += 1) {
          if (size === 3) caller.abort();
          yield { size, name: String(signal.aborted) };
        }
      } finally {
        ended.resolve(true);
      }
    },
  });
  const { status } = await hostPlugin(endless)({ action: 'generate' }, { signal: caller.signal });
  assert.equal(status.message, 'The call was given up before it was answered.');
  assert.ok(await ended.promise);
});

test('a table without writers is read-only', async () => {
  const host = hostPlugin(defineTable({ ...shape, generate: () => [] }));
  for (const action of ['insert', 'update', 'delete'])
    assert.deepEqual((await host({ action, id: '1', json_value_array: '[]' })).response, [{ status: 'readonly' }]);
});

test('writes reach the writers with typed values', async () => {
  const calls: unknown[] = [];
  const host = hostPlugin(
    defineTable({
      ...shape,
      generate: () => [],
      insert(row, rowid) {
        calls.push(['insert', row, rowid]);
        return rowid ?? 7;
      },
      async update(rowid, row, newRowid) {
        calls.push(['update', rowid, row, newRowid]);
      },
      delete(rowid) {
        if (rowid === 1) throw new WriteRefused('constraint');
        if (rowid === 2) throw new Error('it is stuck');
        calls.push(['delete', rowid]);
      },
    }),
  );
  const write = async (request: Record<string, string>) => (await host(request)).response;
  const values = { json_value_array: '["a",9223372036854775807]' };
  const row = { name: 'a', size: 9223372036854775807n };
  assert.deepEqual(await write({ action: 'insert', auto_rowid: 'false', ...values }), [{ status: 'success', id: '7' }]);
  assert.deepEqual(await write({ action: 'insert', auto_rowid: 'true', id: '42', ...values }), [
    { status: 'success', id: '42' },
  ]);
  assert.deepEqual(await write({ action: 'update', id: '5', ...values }), [{ status: 'success' }]);
  assert.deepEqual(await write({ action: 'update', id: '5', new_id: '6', ...values }), [{ status: 'success' }]);
  assert.deepEqual(await write({ action: 'delete', id: '9223372036854775807' }), [{ status: 'success' }]);
  assert.deepEqual(calls, [
    ['insert', row, undefined],
    ['insert', row, 42],
    ['update', 5, row, 5],
    ['update', 5, row, 6],
    ['delete', 9223372036854775807n],
  ]);
  assert.deepEqual(await write({ action: 'delete', id: '1' }), [{ status: 'constraint' }]);
  assert.deepEqual(await write({ action: 'delete', id: '2' }), [{ status: 'failure', message: 'it is stuck' }]);
  assert.deepEqual(await write({ action: 'delete' }), [
    { status: 'failure', message: 'The request has no decimal id.' },
  ]);
  const [broken] = await write({ action: 'insert', auto_rowid: 'false', json_value_array: '["a",' });
  assert.equal(broken?.status, 'failure');
});
