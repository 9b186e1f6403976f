import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bigint, blob, defineTable, double, integer, type Row, text } from '@outpost/sdk';

const base = { name: 'things', description: 'Things.' } as const;
const columns = {
  path: text('Its path', { index: true }),
  mode: integer('Its mode'),
  size: bigint('Its size'),
  weight: double('Its weight'),
  raw: blob('Its bytes'),
};

test('rows that fit are accepted from every form of generator', () => {
  const good = [
    defineTable({
      ...base,
      columns,
      generate: () => [
        { path: '/', size: 1n },
        { mode: 4, weight: null },
      ],
    }),
    defineTable({
      ...base,
      columns,
      *generate() {
        yield { path: '/', raw: new Uint8Array(1) };
        yield { mode: 3, size: 2 };
      },
    }),
    defineTable({
      ...base,
      columns,
      async generate() {
        return [{ path: '/' }];
      },
    }),
    defineTable({
      ...base,
      columns,
      async *generate(context) {
        const names: readonly string[] | undefined = context.equals('path');
        const modes: readonly number[] | undefined = context.equals('mode');
        const sizes: readonly (number | bigint)[] | undefined = context.equals('size');
        const bytes: readonly Uint8Array[] | undefined = context.equals('raw');
        assert.ok(names ?? modes ?? sizes ?? bytes ?? true);
        yield { path: '/', mode: undefined };
        if (context.used('mode')) yield { path: '/', rowid: 5 };
      },
    }),
    defineTable({
      ...base,
      columns,
      *generate(context) {
        for (const path of context.equals('path') ?? []) yield { path, size: path.length };
        for (const { column } of context.constraints) if (column === 'mode') yield { mode: 1 };
      },
    }),
  ];
  assert.deepEqual(
    good.map(({ asynchronous }) => asynchronous),
    [false, false, true, true, false],
  );
});

test('the compiler refuses a row with an unknown key', () => {
  // @ts-expect-error
  defineTable({ ...base, columns, generate: () => [{ path: '/', bogus: 1 }] });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    *generate() {
      yield { path: '/' };
      yield { bogus: 1 };
    },
  });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    async generate() {
      return [{ path: '/', bogus: 1 }];
    },
  });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    async *generate() {
      yield { path: '/', bogus: 1 };
    },
  });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    *generate(context) {
      if (context.used('mode')) yield { path: '/' };
      yield { path: '/', bogus: 1 };
    },
  });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    async *generate(context) {
      if (context.used('mode')) yield { path: '/' };
      yield { path: '/', bogus: 1 };
    },
  });
});

test('the compiler refuses a value of another type', () => {
  // @ts-expect-error
  defineTable({ ...base, columns, generate: () => [{ path: 1 }] });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    *generate() {
      yield { path: '/' };
      yield { mode: '4' };
    },
  });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    async generate() {
      return [{ mode: 4n }];
    },
  });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    async *generate() {
      yield { raw: 'x' };
    },
  });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    *generate(context) {
      if (context.used('mode')) yield { path: '/' };
      yield { mode: '4' };
    },
  });
});

test('the compiler refuses unknown columns in the context, order and exact', () => {
  defineTable({
    ...base,
    columns,
    *generate(context) {
      // @ts-expect-error
      context.equals('bogus');
      // @ts-expect-error
      context.used('bogus');
      // @ts-expect-error
      context.like('bogus');
      // @ts-expect-error
      const paths: readonly number[] | undefined = context.equals('path');
      yield { path: String(paths) };
    },
  });
  assert.throws(() =>
    defineTable({
      ...base,
      columns,
      // @ts-expect-error
      order: ['bogus'],
      *generate() {
        yield {};
      },
    }),
  );
});

test('rows may come from helpers, delegated generators and nowhere', () => {
  type Thing = Row<typeof columns>;
  function* below(path: string): Generator<Thing> {
    yield { path };
  }
  interface Plain {
    readonly path: string;
    readonly mode: number;
  }
  const plain = (): Plain => ({ path: '/', mode: 1 });
  const definitions = [
    defineTable({ ...base, columns, generate: () => [] }),
    defineTable({
      ...base,
      columns,
      *generate(context) {
        yield* below('/');
        if (context.aborted) return;
        yield plain();
      },
    }),
    defineTable({
      ...base,
      columns: { name: text('Its name'), kind: text('Its kind', { platforms: ['windows'] }) },
      generate: context => (context.equals('name') ?? ['a']).map(name => ({ name, kind: null })),
    }),
  ];
  assert.equal(definitions.length, 3);
  interface Other {
    readonly path: string;
    readonly bogus: number;
  }
  const other = (): Other => ({ path: '/', bogus: 1 });
  defineTable({
    ...base,
    columns,
    // @ts-expect-error
    *generate() {
      yield other();
    },
  });
  defineTable({
    ...base,
    columns: { name: text('Its name') },
    // @ts-expect-error
    generate: context => [{ name: '', size: context.limit }],
  });
});
