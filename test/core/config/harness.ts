import { Config } from '../../../core/src/config/index.ts';
import type { ConfigOptions } from '../../../core/src/config/options.ts';
import { FlagStore, programOf } from '../../../core/src/flags/index.ts';
import type { ExtensionResponse, PluginRequest } from '../../../protocol/src/index.ts';
import { FakeClock } from '../schedule/fake-clock.ts';
import { Sayings } from './sayings.ts';

/** A config plugin of which a test decides what it gives. */
export class ScriptedPlugin {
  sources: Readonly<Record<string, string>> = {};
  packs: Readonly<Record<string, string>> = {};
  failure: string | undefined;
  readonly requests: PluginRequest[] = [];

  readonly call = async (request: PluginRequest): Promise<ExtensionResponse> => {
    this.requests.push(request);
    const status = { code: this.failure === undefined ? 0 : 1, message: this.failure ?? 'OK', uuid: 0 };
    if (this.failure !== undefined) return { status, response: [] };
    if (request.action === 'genConfig') return { status, response: [{ ...this.sources }] };
    return { status, response: [{ [request.name ?? '']: this.packs[request.value ?? ''] ?? '' }] };
  };
}

/** A configuration with everything around it under a test's control. */
export function harness(overrides: Partial<ConfigOptions> = {}) {
  const status = new Sayings();
  const clock = new FakeClock();
  const plugin = new ScriptedPlugin();
  const flags = new FlagStore(programOf('outpostd', [], '/root'));
  const config = new Config({
    plugin: 'scripted',
    call: plugin.call,
    flags,
    status,
    clock,
    checkSql: async sql => (sql.startsWith('select') ? undefined : `near "${sql}": syntax error`),
    countRows: async () => 1,
    host: { platform: 'linux', version: '5.23.0', shard: 20 },
    ...overrides,
  });
  return { config, plugin, flags, status, clock };
}
