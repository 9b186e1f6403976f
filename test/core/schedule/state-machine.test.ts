// The life of a differential query, docs/guides/results.md: whatever happens to it, its log rebuilds its last result.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { packBlock } from '../../../core/src/results/state-block.ts';
import type { RunQuery } from '../../../core/src/schedule/runner.ts';
import { Store } from '../../../core/src/storage/store.ts';
import { packValue, unpackValue } from '../../../core/src/storage/values.ts';
import { type Cell, encodeBlock, encodeRow, printed } from '../results/rows.ts';
import { type Agent, startAgent } from './agent.ts';
import { settle } from './fake-clock.ts';

const columns = ['k', 'v'];
type Rows = readonly (readonly [Cell, Cell])[];

/** What can happen to a query between two runs, or at one. */
type Step =
  | { readonly do: 'run'; readonly rows: Rows }
  | { readonly do: 'again' | 'edit' | 'restart' | 'reload' | 'encode' | 'damage' | 'fail' }
  | { readonly do: 'epoch'; readonly epoch: number };

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constantFrom<Cell>(null, '', '1', 'a', 0n, 1n, 1, 0.5, -0),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.uint8Array({ maxLength: 20 }),
);
const rows: fc.Arbitrary<Rows> = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 4, arbitrary: fc.array(fc.tuple(cell, cell), { maxLength: 12 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: rows.map(found => ({ do: 'run' as const, rows: found })) },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('again', 'again', 'edit', 'restart', 'reload', 'encode', 'damage', 'fail')
      .map(what => ({ do: what })),
  },
  { weight: 1, arbitrary: fc.nat({ max: 2 }).map(epoch => ({ do: 'epoch' as const, epoch })) },
);

interface Line {
  readonly epoch: number;
  readonly counter: number;
  readonly diffResults: { readonly removed: readonly object[]; readonly added: readonly object[] };
}

/** A query whose result and surroundings a test decides on, and what a reader of its log knows. */
class Life {
  readonly #store = Store.memory();
  readonly #settings = { eventType: false, numerics: true, epoch: 0 };
  #agent: Agent | undefined;
  #sql = 'select 1';
  #rows: Rows = [];
  #failing = false;
  #time = 1;
  /** What the log said last: the rows by their text, and the numbers of the last line. */
  #known: string[] = [];
  #last: Pick<Line, 'epoch' | 'counter'> | undefined;
  /** Why the next result has all rows; undefined when it has what differs. */
  #begins: string | undefined = 'initial';
  #edited = false;

  async follow(what: Step): Promise<void> {
    if (what.do === 'run') return this.#run(what.rows);
    if (what.do === 'again') return this.#run(this.#rows.toReversed());
    if (what.do !== 'epoch') return this[what.do]();
    this.#settings.epoch = what.epoch;
    if (this.#begins === undefined || this.#begins === 'epoch')
      this.#begins = what.epoch === this.#last?.epoch ? undefined : 'epoch';
  }

  async edit(): Promise<void> {
    this.#sql += ' ';
    this.#edited = true;
    await this.reload();
  }

  async restart(): Promise<void> {
    await this.#agent?.stop();
    this.#agent = undefined;
    // That the rows before could not be read is known to the process that tried.
    if (this.#begins === 'recovered') this.#begins = 'initial';
  }

  /** The query is not scheduled for a moment. */
  async reload(): Promise<void> {
    await this.#agent?.scheduler.update([]);
    await this.#agent?.scheduler.update(this.#queries);
  }

  /** An agent of another encoding wrote the state: one in which texts were blobs. */
  async encode(): Promise<void> {
    await this.#rewrite(head => ({ ...head, encoding: 0 }));
    const blobs = this.#rows.map(cells =>
      encodeRow(cells.map(one => (typeof one === 'string' ? Buffer.from(one) : one))),
    );
    const value = packBlock(blobs.map(bytes => ({ hash: 0, bytes })));
    for (const [key] of await this.#store.scan('query_rows', { limit: 1 }))
      await this.#store.batch([{ type: 'put', domain: 'query_rows', key, value }]);
  }

  /** What is stored cannot be read: the next run fails and the one after it begins anew. */
  async damage(): Promise<void> {
    if (this.#begins !== undefined || this.#known.length === 0) return;
    const [[key] = ['']] = await this.#store.scan('query_rows', { limit: 1 });
    const [bytes] = (await this.#store.scan('query_rows', { limit: 1 })).map(([, value]) => value);
    if (bytes === undefined) return;
    await this.#store.batch([{ type: 'put', domain: 'query_rows', key, value: Uint8Array.of(1, 2, 3) }]);
    await (await this.#running()).scheduler.tick(this.#time++);
    this.#begins = 'recovered';
    this.#edited = false;
  }

  /** A run without a result changes nothing. */
  async fail(): Promise<void> {
    this.#failing = true;
    await (await this.#running()).scheduler.tick(this.#time++);
    this.#failing = false;
  }

  async end(): Promise<void> {
    await this.#agent?.stop();
  }

  get #queries() {
    return [{ name: 'q', query: this.#sql, interval: 1 }];
  }

  async #running(): Promise<Agent> {
    const runQuery: RunQuery = async () => {
      if (this.#failing) throw new Error('no such table: t');
      const stats = { wallMs: 1, userMs: 0, systemMs: 0 };
      const blocks = [encodeBlock(this.#rows)];
      return { columns: columns.map(name => ({ name })), blocks, rowCount: this.#rows.length, stats };
    };
    this.#agent ??= await startAgent(this.#queries, { store: this.#store, runQuery, settings: this.#settings });
    return this.#agent;
  }

  async #rewrite(change: (head: object) => object): Promise<void> {
    const bytes = await this.#store.get('queries', 'q');
    if (bytes === undefined) return;
    const value = packValue(change(unpackValue(bytes) as object));
    await this.#store.batch([{ type: 'put', domain: 'queries', key: 'q', value }]);
  }

  async #run(found: Rows): Promise<void> {
    const agent = await this.#running();
    this.#rows = found;
    agent.results.length = 0;
    await agent.scheduler.tick(this.#time++);
    await settle();
    const wanted = printed(columns, encodeBlock(found)).map(exact).map(textOf).toSorted();
    const before = this.#known.toSorted();
    const lines = agent.results.map((line): Line => ({ ...JSON.parse(line), diffResults: exact(line).diffResults }));
    for (const line of lines) this.#read(line);
    assert.deepEqual(this.#known.toSorted(), wanted, 'the log rebuilds the result');
    const begins = this.#begins;
    const same = begins === undefined && before.join('\n') === wanted.join('\n');
    assert.equal(lines.length, same ? 0 : 1);
    const reason = begins ?? (this.#edited ? 'edited' : same ? 'unchanged' : 'changed');
    assert.equal(agent.scheduler.runs.rows().at(-1)?.reason, reason);
    this.#begins = undefined;
    this.#edited = false;
  }

  /** Reads a line as whoever keeps a copy of the rows does: counter 0 has all of them, and others what changed since the one before. */
  #read({ epoch, counter, diffResults: { removed, added } }: Line): void {
    assert.equal(epoch, this.#settings.epoch);
    if (this.#begins !== undefined) {
      assert.equal(counter, 0);
      assert.deepEqual(removed, []);
      this.#known = [];
    } else assert.deepEqual({ epoch, counter }, { epoch: this.#last?.epoch, counter: (this.#last?.counter ?? 0) + 1 });
    this.#last = { epoch, counter };
    for (const row of removed.map(textOf)) {
      const at = this.#known.indexOf(row);
      assert.ok(at >= 0, `removed, but not there: ${row}`);
      this.#known.splice(at, 1);
    }
    this.#known.push(...added.map(textOf));
  }
}

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;
const parse = JSON.parse as (json: string, reviver: Reviver) => Line;

/** Reads JSON with each number as its digits, so that 1 and 1.0 differ and long ones are whole. */
const exact = (json: string): Line =>
  parse(json, (_key, value, { source }) => (typeof value === 'number' ? `number ${source}` : value));

const textOf = (row: object): string => JSON.stringify(row);

test('whatever happens to a query, its log rebuilds its last result', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14, size: 'max' }), async steps => {
      const life = new Life();
      try {
        for (const each of steps) await life.follow(each);
      } finally {
        await life.end();
      }
    }),
    { numRuns: 100, examples: [[[{ do: 'run', rows: [['a', 'b']] }, { do: 'encode' }, { do: 'again' }]]] },
  );
});
