import { cli, hidden } from '../definition.ts';

/** Flags of the watcher. */
export const watchdogFlags = {
  disable_watchdog: cli('bool', 'false', 'Run as one process, without a watcher'),
  watchdog_max_delay: hidden('uint64', '600', 'Greatest delay in seconds before a worker is started again', {
    effect: 'start',
  }),
};
