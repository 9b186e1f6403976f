import type { ConfigFault } from '../config/fault.ts';
import type { HeldText } from '../engine/engine.ts';
import type { ExtensionLine } from '../extensions/extension-logs.ts';
import type { ExtensionDescription } from '../extensions/manager.ts';
import type { ExtensionRights } from '../extensions/policy.ts';
import type { Refusal } from '../extensions/refusals.ts';
import type { ExtensionEvent } from '../extensions/states.ts';
import { type Metric, processMetrics } from '../metrics/metrics.ts';
import type { RunRecord } from '../schedule/run-log.ts';
import type { ConnectedExtension } from '../tables/osquery_extensions.ts';
import type { PackEntry } from '../tables/osquery_packs.ts';
import type { ScheduleEntry } from '../tables/osquery_schedule.ts';
import type { QuarantineView } from '../tables/outpost_quarantine.ts';
import type { QueryScans } from '../tables/outpost_query_scans.ts';
import type { ScheduleStanding } from '../tables/outpost_schedule.ts';
import type { Documentation } from '../tables/outpost_tables.ts';

/** What parts of the agent tell about themselves; each part puts its own in when it is there. */
export interface AgentState {
  hostUuid: () => string;
  instanceId: () => string;
  configHash: () => string;
  configValid: () => boolean;
  schedule: () => readonly ScheduleEntry[];
  standings: () => readonly ScheduleStanding[];
  runs: () => readonly RunRecord[];
  scans: () => readonly QueryScans[];
  /** Undefined where nothing is scheduled. */
  quarantine: QuarantineView | undefined;
  /** Why a text must not be run now, if it must not. */
  heldText: (sql: string) => HeldText | undefined;
  packs: () => readonly PackEntry[];
  configFaults: () => readonly ConfigFault[];
  metrics: () => readonly Metric[];
  tables: Documentation;
  /** Undefined without an extension manager. */
  extensions: (() => readonly ConnectedExtension[]) | undefined;
  registered: () => readonly ExtensionDescription[];
  refusals: () => readonly Refusal[];
  policy: () => readonly (readonly [extension: string, rights: ExtensionRights])[];
  extensionEvents: () => readonly ExtensionEvent[];
  extensionLogs: () => readonly ExtensionLine[];
}

/** The state of an agent of which nothing runs yet. */
export const idleState = (): AgentState => ({
  hostUuid: () => '',
  instanceId: () => '',
  configHash: () => '',
  configValid: () => false,
  schedule: () => [],
  standings: () => [],
  runs: () => [],
  scans: () => [],
  quarantine: undefined,
  heldText: () => undefined,
  packs: () => [],
  configFaults: () => [],
  metrics: () => [...processMetrics()],
  tables: () => ({ [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true, value: undefined }) }) }),
  extensions: undefined,
  registered: () => [],
  refusals: () => [],
  policy: () => [],
  extensionEvents: () => [],
  extensionLogs: () => [],
});

/** The tables about the agent, which its state fills. */
export const stateTableNames = [
  'osquery_info',
  'osquery_flags',
  'osquery_schedule',
  'osquery_packs',
  'osquery_registry',
  'osquery_extensions',
  'outpost_columns',
  'outpost_config_faults',
  'outpost_extension_events',
  'outpost_extension_logs',
  'outpost_extension_policy',
  'outpost_extension_refusals',
  'outpost_extensions',
  'outpost_flags',
  'outpost_metrics',
  'outpost_quarantine',
  'outpost_query_runs',
  'outpost_query_scans',
  'outpost_schedule',
  'outpost_tables',
] as const;
