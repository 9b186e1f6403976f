import { cli, hidden } from '../definition.ts';

/** Flags of the watcher and the limits it holds the worker to. */
export const watchdogFlags = {
  disable_watchdog: cli('bool', 'false', 'Run as one process, without a watcher'),
  watchdog_delay: cli('uint64', '60', 'Seconds after the start of a worker before limits apply'),
  watchdog_forced_shutdown_delay: cli('uint64', '4', 'Seconds between asking a worker to stop and killing it'),
  watchdog_latency_limit: cli('uint64', '0', 'Seconds above the CPU limit that are let pass, 0 for the level’s own'),
  watchdog_level: cli('int32', '0', 'Strictness of the limits: 0 normal, 1 strict, -1 none'),
  watchdog_max_delay: hidden('uint64', '600', 'Greatest delay in seconds before a worker is started again', {
    effect: 'start',
  }),
  watchdog_memory_limit: cli('uint64', '0', 'Megabytes that the worker may use, 0 for the level’s own'),
  watchdog_utilization_limit: cli('uint64', '0', 'Percent of a core that the worker may use, 0 for the level’s own'),
};
