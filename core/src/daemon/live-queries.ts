import type { Core } from '../agent/core.ts';
import { Distributed } from '../distributed/index.ts';
import { rowsAsPairs } from '../engine/rows.ts';
import { systemClock } from '../schedule/clock.ts';
import type { Store } from '../storage/store.ts';
import type { LastEnd } from '../watchdog/last-end.ts';
import { activate } from './activate.ts';
import { distributedSettings } from './settings.ts';

/**
 * Answers the queries that the plugin of `--distributed_plugin` brings.
 * @param signal gives up waiting for the plugin
 * @param lastEnd how the last worker ended, if that was trouble
 * @returns undefined when flags say that there are none
 * @throws OutpostError PLUGIN_NOT_ACTIVATED; the signal's reason
 */
export const answerLiveQueries = async (
  core: Core,
  store: Store,
  signal: AbortSignal,
  lastEnd?: LastEnd,
): Promise<Distributed | undefined> => {
  const { flags, status, registry, engine } = core;
  if (flags.get('disable_distributed')) return undefined;
  const plugin = flags.get('distributed_plugin');
  await activate(core, 'distributed', plugin, signal);
  const distributed = await Distributed.open({
    plugin,
    call: request => registry.call('distributed', plugin, request),
    store,
    status,
    clock: systemClock,
    runQuery: async (sql, options) => {
      const result = await engine.query(sql, { ...options, lane: 'live', encoding: 'thrift' });
      return { rows: rowsAsPairs(result), stats: result.stats };
    },
    settings: () => distributedSettings(flags),
    lastEnd,
  });
  void distributed.run();
  return distributed;
};
