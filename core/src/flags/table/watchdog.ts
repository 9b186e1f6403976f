import { cli, hidden } from '../definition.ts';

/** Flags of the watcher. */
export const watchdogFlags = {
  disable_watchdog: cli('bool', 'false', 'Run as one process, without a watcher'),
  enable_extensions_watchdog: cli('bool', 'false', 'Hold extensions to the limits of the worker, too'),
  enable_watchdog_debug: cli('bool', 'false', 'With --verbose: tell what the worker takes at each check of its limits'),
  watchdog_delay: cli('uint64', '60', 'Seconds after its start in which a process is not held to limits'),
  watchdog_forced_shutdown_delay: cli(
    'uint64',
    '4',
    'Seconds until a worker that exceeded a limit is killed, 0 for at once',
  ),
  watchdog_latency_limit: cli('uint64', '0', 'Seconds for which more CPU may be taken, 0 for those of the level'),
  watchdog_level: cli('int32', '0', 'Limits of the worker: 0 normal, 1 restrictive, -1 practically none'),
  watchdog_memory_limit: cli('uint64', '0', 'MB by which the worker may grow, 0 for those of the level'),
  watchdog_utilization_limit: cli(
    'uint64',
    '0',
    'Percent of all CPUs that the worker may take, 0 for those of the level',
  ),
  watchdog_max_delay: hidden('uint64', '600', 'Greatest delay in seconds before a worker is started again', {
    effect: 'start',
  }),
};
