import type { DistributedSettings } from '../distributed/index.ts';
import type { FlagStore } from '../flags/index.ts';
import type { ScheduleSettings } from '../schedule/settings.ts';

/** The flags of the schedule and its lines, as they are now. */
export const scheduleSettings = (flags: FlagStore): ScheduleSettings => ({
  splayPercent: flags.get('schedule_splay_percent'),
  maxDriftSeconds: flags.get('schedule_max_drift'),
  timeoutSeconds: flags.get('schedule_timeout'),
  epoch: flags.get('schedule_epoch'),
  logNames: flags.get('schedule_lognames'),
  disableCaching: flags.get('disable_caching'),
  disableWatchdog: flags.get('disable_watchdog'),
  strikes: flags.get('schedule_strikes'),
  eventType: flags.get('logger_event_type'),
  snapshotEventType: flags.get('logger_snapshot_event_type'),
  numerics: flags.get('logger_numerics'),
  decorationsTopLevel: flags.get('decorations_top_level'),
  nullText: flags.get('nullvalue'),
});

/** The flags of live queries, as they are now. */
export const distributedSettings = (flags: FlagStore): DistributedSettings => ({
  intervalSeconds: flags.get('distributed_interval'),
  denylistSeconds: flags.get('distributed_denylist_duration'),
  logQueries: flags.get('distributed_loginfo'),
});
