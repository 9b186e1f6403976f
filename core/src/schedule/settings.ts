import type { LineFormat } from '../results/lines.ts';

/** What flags say about the schedule; asked for anew at each use, so that changed flags take effect. */
export interface ScheduleSettings extends LineFormat {
  /** `--schedule_splay_percent` */
  readonly splayPercent: number;
  /** `--schedule_max_drift`, seconds. */
  readonly maxDriftSeconds: number;
  /** `--schedule_timeout`, seconds; 0 for none. */
  readonly timeoutSeconds: number;
  /** `--schedule_epoch` */
  readonly epoch: number;
  /** `--schedule_lognames` */
  readonly logNames: boolean;
  /** `--disable_caching`: then no query is given rows that an earlier one asked a cacheable table for. */
  readonly disableCaching: boolean;
  /** `--disable_watchdog`: then a query that was running when the agent was ended is not put in quarantine. */
  readonly disableWatchdog: boolean;
  /** `--schedule_strikes`: how long a query that did harm is held grows with each time; false for a day at once. */
  readonly strikes: boolean;
}

/** The values of the flags when nobody sets them. */
export const defaultSettings: ScheduleSettings = {
  splayPercent: 10,
  maxDriftSeconds: 60,
  timeoutSeconds: 0,
  epoch: 0,
  logNames: false,
  disableCaching: false,
  disableWatchdog: false,
  strikes: true,
  eventType: true,
  snapshotEventType: false,
  numerics: false,
  decorationsTopLevel: false,
  nullText: '',
};
