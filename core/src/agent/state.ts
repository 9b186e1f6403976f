import type { ConnectedExtension } from '../tables/osquery_extensions.ts';
import type { ScheduleEntry } from '../tables/osquery_schedule.ts';

/** What parts of the agent tell about themselves; each part puts its own in when it is there. */
export interface AgentState {
  hostUuid: () => string;
  instanceId: () => string;
  configHash: () => string;
  configValid: () => boolean;
  schedule: () => readonly ScheduleEntry[];
  /** Undefined without an extension manager. */
  extensions: (() => readonly ConnectedExtension[]) | undefined;
}

/** The state of an agent of which nothing runs yet. */
export const idleState = (): AgentState => ({
  hostUuid: () => '',
  instanceId: () => '',
  configHash: () => '',
  configValid: () => false,
  schedule: () => [],
  extensions: undefined,
});

/** The tables about the agent, which its state fills. */
export const stateTableNames = [
  'osquery_info',
  'osquery_flags',
  'osquery_schedule',
  'osquery_registry',
  'osquery_extensions',
] as const;
