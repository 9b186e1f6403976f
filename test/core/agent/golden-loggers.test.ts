// The requests that a real osquery made of a logger plugin of an extension; see test/golden/daemon.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite, test } from 'node:test';
import { LoggerSink } from '../../../core/src/agent/sinks.ts';
import { Registry, type RemoteCaller } from '../../../core/src/extensions/registry.ts';
import type { Entry } from '../../../core/src/results/outbox/record.ts';
import type { PluginRequest } from '../../../protocol/src/index.ts';

interface Scenario {
  readonly features_code?: number;
  readonly calls_in_order_equal_neighbours_collapsed?: readonly PluginRequest[];
}

const recorded = JSON.parse(
  readFileSync(new URL('../../golden/daemon/status-and-logger.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Scenario>>;

/** What osquery brought to the logger with a request. */
function entriesOf({ string, snapshot, log }: PluginRequest): Entry[] {
  if (string !== undefined) return [{ sequence: 0, kind: 'result', text: string }];
  if (snapshot !== undefined) return [{ sequence: 0, kind: 'snapshot', text: snapshot }];
  const statuses = log === undefined ? [] : (JSON.parse(log) as unknown[]);
  return statuses.map(status => ({ sequence: 0, kind: 'status', text: JSON.stringify(status) }));
}

/** The requests to an extension's logger that answers so, for the lines of other requests. */
async function requestsFor(calls: readonly PluginRequest[], features: number): Promise<PluginRequest[]> {
  const got: PluginRequest[] = [];
  const registry = new Registry();
  const call: RemoteCaller['call'] = async (_registry, _item, request) => {
    got.push(request);
    const code = request.action === 'features' ? features : 0;
    return { status: { code, message: '', uuid: 0 }, response: [] };
  };
  registry.addRoutes(1, 'gext', { logger: { glog: [] } }, { call });
  const sink = new LoggerSink(registry, 'glog', 'osqueryd');
  for (const call of calls) await sink.deliver(entriesOf(call));
  return got;
}

suite('the requests to a logger of an extension', () => {
  for (const [
    name,
    { features_code: features, calls_in_order_equal_neighbours_collapsed: calls = [] },
  ] of Object.entries(recorded)) {
    if (features === undefined) continue;
    test(name, async () => {
      const whole = calls.filter(call => !('…' in call));
      assert.deepEqual(await requestsFor(whole.slice(2), features), whole);
      const status = { log: '[{"s":0,"f":"a.cpp","i":1,"m":"said","h":"host","c":"now","u":5}]' };
      const asked = await requestsFor([status], features);
      assert.equal(asked.length, (features & 1) === 1 ? 3 : 2, 'only a logger that wants status lines gets them');
    });
  }
});
