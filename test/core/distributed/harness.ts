import { Distributed, type DistributedOptions } from '../../../core/src/distributed/index.ts';
import { Store } from '../../../core/src/storage/store.ts';
import type { ExtensionResponse, PluginRequest } from '../../../protocol/src/index.ts';
import { Sayings } from '../config/sayings.ts';
import { FakeClock } from '../schedule/fake-clock.ts';

/** A distributed plugin of which a test decides what it gives. */
export class ScriptedPlugin {
  /** The texts that reads get, one each; then there is nothing. */
  responses: unknown[] = [];
  readFailure: string | undefined;
  writeFailure: string | undefined;
  /** The bodies of the writes that it took. */
  readonly written: unknown[] = [];
  readonly actions: string[] = [];
  /** Is told of each request. */
  onCall: (action: string, results: string) => void = () => undefined;

  readonly call = async ({ action = '', results = '' }: PluginRequest): Promise<ExtensionResponse> => {
    this.actions.push(action);
    this.onCall(action, results);
    const message = action === 'getQueries' ? this.readFailure : this.writeFailure;
    if (message !== undefined) return { status: { code: 1, message, uuid: 0 }, response: [] };
    const status = { code: 0, message: 'OK', uuid: 0 };
    if (action === 'writeResults') {
      this.written.push(JSON.parse(results));
      return { status, response: [] };
    }
    const next = this.responses.shift() ?? '';
    return { status, response: [{ results: typeof next === 'string' ? next : JSON.stringify(next) }] };
  };
}

/** Live queries with everything around them under a test's control. */
export async function harness(overrides: Partial<DistributedOptions> = {}) {
  const status = new Sayings();
  const clock = new FakeClock();
  const plugin = new ScriptedPlugin();
  const ran: string[] = [];
  const options: DistributedOptions = {
    plugin: 'scripted',
    call: plugin.call,
    store: Store.memory(),
    status,
    clock,
    runQuery: async sql => {
      ran.push(sql);
      if (sql.startsWith('bad')) throw new Error(`near "bad": syntax error`);
      const rows = sql.includes('where 0') ? [] : [{ sql }];
      return { rows, stats: { wallMs: 1.7, userMs: 2, systemMs: 3, memoryBytes: 4 } };
    },
    settings: () => ({ intervalSeconds: 60 }),
    ...overrides,
  };
  return { options, plugin, status, clock, ran, store: options.store, distributed: await Distributed.open(options) };
}
