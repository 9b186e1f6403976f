import type { TestContext } from 'node:test';
import { QueryConnection } from '../../../../core/src/engine/connection.ts';
import type { BlockingExchange } from '../../../../core/src/engine/exchange.ts';
import type { SqlValue } from '../../../../core/src/engine/native.ts';
import { defaultBudget } from '../../../../core/src/engine/query-watch.ts';
import { runQuery } from '../../../../core/src/engine/run-query.ts';
import type { CacheCounters } from '../../../../core/src/engine/sources/row-cache.ts';
import type { ScheduleTime } from '../../../../core/src/engine/sources/source.ts';
import { readRows } from '../../../../protocol/src/blocks/block-reader.ts';
import { asked } from './row-cache-fixture.ts';

const module = new URL('./row-cache-fixture.ts', import.meta.url).href;
const names = ['turns', 'keyed', 'heeding', 'long', 'huge', 'notes', 'cacheable'];
const tables = names.map(name => ({ name, aliases: [], placement: { kind: 'module' as const, module } }));
/** No table of the fixture lives in another thread. */
const nobody = { ask: () => ({ type: 'done' }), tell: () => undefined } as unknown as BlockingExchange;

/** What a query gave, and what the tables had to do for it. */
export interface Asked {
  readonly rows: readonly (readonly SqlValue[])[];
  /** How often each table was asked. */
  readonly asked: Readonly<Record<string, number>>;
  readonly counters: Readonly<Record<string, CacheCounters>>;
}

/** A connection over the tables of the fixture, in this thread. */
export class Cached {
  readonly connection = new QueryConnection({
    settings: { thriftTimeoutMs: 1_000, defaultIndex: true, nullText: '', regexMaxBytes: 256 },
    exchanges: { main: nobody, host: nobody },
    warn: () => undefined,
  });
  #run = 0;

  constructor(context: TestContext) {
    this.connection.apply({ set: tables, removed: [] });
    context.after(() => this.connection.close());
  }

  /** Declares the tables anew. */
  declare(): void {
    this.connection.apply({ set: tables, removed: [] });
  }

  async query(sql: string, schedule?: ScheduleTime): Promise<Asked> {
    asked.clear();
    const { blocks } = await runQuery({
      connection: this.connection,
      query: {
        type: 'query',
        run: ++this.#run,
        sql,
        encoding: 'messagepack',
        budget: { ...defaultBudget, rows: 1e9, bytes: 1e9 },
        cancel: new Int32Array(new SharedArrayBuffer(4)),
        deadline: Number.POSITIVE_INFINITY,
        previous: undefined,
        ...(schedule !== undefined && { schedule }),
      },
      nullText: '',
      pressure: new Int32Array(1),
    });
    const counters = Object.fromEntries([...this.connection.caches.rows.counters].map(([name, c]) => [name, { ...c }]));
    return { rows: blocks.flatMap(block => [...readRows(block)]), asked: Object.fromEntries(asked), counters };
  }
}
