import type { FlagStore } from '../flags/index.ts';
import type { ScheduleSettings } from '../schedule/settings.ts';
import type { StatusOptions } from '../status.ts';

/** The flags of the status log. */
export const statusOptions = (flags: FlagStore): StatusOptions => ({
  verbose: flags.get('verbose'),
  minStatus: flags.get('logger_min_status'),
  minStderr: flags.get('logger_min_stderr'),
  stderr: flags.get('logger_stderr'),
});

/** The flags of the schedule and its lines, as they are now. */
export const scheduleSettings = (flags: FlagStore): ScheduleSettings => ({
  splayPercent: Number(flags.get('schedule_splay_percent')),
  maxDriftSeconds: Number(flags.get('schedule_max_drift')),
  timeoutSeconds: Number(flags.get('schedule_timeout')),
  epoch: Number(flags.get('schedule_epoch')),
  logNames: flags.get('schedule_lognames'),
  disableWatchdog: flags.get('disable_watchdog'),
  eventType: flags.get('logger_event_type'),
  snapshotEventType: flags.get('logger_snapshot_event_type'),
  numerics: flags.get('logger_numerics'),
  decorationsTopLevel: flags.get('decorations_top_level'),
  nullText: flags.get('nullvalue'),
});
