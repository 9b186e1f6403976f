// Arbitrary values of the messages of version 2.
import fc from 'fast-check';
import { type LogAnswer, OutpostError, type TableDocument } from '../../../protocol/src/index.ts';
import {
  type Answer2Of,
  type Arguments2Of,
  type Message2Name,
  messageTable2,
} from '../../../protocol/src/messages/table2.ts';
import { texts } from '../any-value.ts';

const bytes = fc.uint8Array({ maxLength: 40 }).map(value => Buffer.from(value));
const small = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const whole = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const id = fc.oneof(fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 63n - 1n }));
const row = fc.dictionary(texts(), texts(), { maxKeys: 3, noNullPrototype: true });
const lease = fc.record({ uuid: fc.nat(65_535), generation: whole });

const document: fc.Arbitrary<TableDocument> = fc.record({
  name: texts(),
  description: texts(),
  examples: fc.array(texts(), { maxLength: 2 }),
  platforms: fc.array(texts(), { maxLength: 2 }),
  columns: fc.array(fc.record({ name: texts(), description: texts() }), { maxLength: 3 }),
  order: fc.array(texts(), { maxLength: 2 }),
  exact: fc.array(texts(), { maxLength: 2 }),
  writable: fc.boolean(),
  pushed: fc.boolean(),
});

const registry = fc.dictionary(
  texts(),
  fc.dictionary(texts(), fc.array(row, { maxLength: 2 }), { maxKeys: 2, noNullPrototype: true }),
  {
    maxKeys: 2,
    noNullPrototype: true,
  },
);
const documents = fc.array(document, { maxLength: 2 });
const info = fc.record({ name: texts(), version: texts(), sdkVersion: texts(), minSdkVersion: texts() });
const grant = fc.record({ lease, intervalMs: small });
const page = fc
  .record({
    cursor: whole,
    more: fc.boolean(),
    rows: bytes,
    warnings: fc.array(texts(), { maxLength: 2 }),
    names: fc.array(texts(), { maxLength: 3 }),
  })
  .map(({ names, ...rest }) => ({ ...rest, columns: names, types: names }));
const response = fc.record({
  status: fc.record({ code: small, message: texts(), uuid: fc.nat(65_535) }),
  response: fc.array(row, { maxLength: 3 }),
});

/** An error as it comes over the wire: known codes only, any words. */
export const failures = fc
  .record({
    code: fc.constantFrom('CALL_CANCELLED', 'PLUGIN_FAILED', 'UNKNOWN_CURSOR', 'LEASE_HELD' as const),
    message: texts(),
    remedy: texts(),
    source: fc.constantFrom('user', 'plugin', 'host', 'downstream' as const),
  })
  .map(({ code, ...said }) => new OutpostError(code, {}, { said }));

const logAnswer: fc.Arbitrary<LogAnswer> = fc.record({
  accepted: small,
  failure: fc.option(failures, { nil: undefined }),
});

const scan = fc.record({
  table: texts(),
  columns: fc.array(texts(), { maxLength: 3 }),
  constraints: bytes,
  limit: whole,
  order: fc.array(fc.record({ column: texts(), descending: fc.boolean() }), { maxLength: 2 }),
});

const rowWrite = fc.record({
  table: texts(),
  kind: fc.constantFrom(1, 2, 3 as const),
  rowId: fc.option(id, { nil: undefined }),
  newRowId: id,
  values: bytes,
});

type Samples = {
  readonly [Name in Message2Name]: {
    readonly args: fc.Arbitrary<Arguments2Of<Name>>;
    readonly answer: fc.Arbitrary<Answer2Of<Name>>;
  };
};

const ask = { args: fc.tuple(texts(), texts(), row), answer: response };

/** What each message asks and answers. */
export const samples: Samples = {
  openRows: { args: fc.tuple(scan, small), answer: page },
  nextRows: { args: fc.tuple(whole, small), answer: page },
  write: { args: fc.tuple(rowWrite), answer: fc.record({ rowId: id }) },
  logLines: {
    args: fc.tuple(texts(), fc.array(fc.record({ kind: fc.nat(2), line: bytes }), { maxLength: 4 })),
    answer: logAnswer,
  },
  ask,
  openLease: { args: fc.tuple(info, registry, documents), answer: grant },
  renew: { args: fc.tuple(lease), answer: fc.record({ state: fc.nat(2), intervalMs: small }) },
  updateRegistry: {
    args: fc.tuple(
      lease,
      fc.record({
        add: registry,
        tables: documents,
        remove: fc.dictionary(texts(), fc.array(texts(), { maxLength: 2 }), { maxKeys: 2, noNullPrototype: true }),
      }),
    ),
    answer: grant,
  },
  openQuery: { args: fc.tuple(texts(), small), answer: page },
  pushEvents: {
    args: fc.tuple(lease, fc.record({ table: texts(), sequence: whole, rows: bytes, lost: whole, reason: texts() })),
    answer: fc.record({ sequence: whole, creditBytes: whole, creditMs: small }),
  },
};

/** The names of all messages. */
export const messageNames = Object.keys(messageTable2) as Message2Name[];
