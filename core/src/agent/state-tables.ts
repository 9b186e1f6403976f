import type { TableDefinition } from '@outpost/sdk';
import type { Registry } from '../extensions/registry.ts';
import { agentVersion, type FlagStore } from '../flags/index.ts';
import { osqueryExtensions } from '../tables/osquery_extensions.ts';
import { osqueryFlags } from '../tables/osquery_flags.ts';
import { osqueryInfo } from '../tables/osquery_info.ts';
import { osqueryPacks } from '../tables/osquery_packs.ts';
import { osqueryRegistry } from '../tables/osquery_registry.ts';
import { osquerySchedule } from '../tables/osquery_schedule.ts';
import { outpostColumns } from '../tables/outpost_columns.ts';
import { outpostConfigFaults } from '../tables/outpost_config_faults.ts';
import { outpostExtensionEvents } from '../tables/outpost_extension_events.ts';
import { outpostExtensionLogs } from '../tables/outpost_extension_logs.ts';
import { outpostExtensionPolicy } from '../tables/outpost_extension_policy.ts';
import { outpostExtensionRefusals } from '../tables/outpost_extension_refusals.ts';
import { outpostExtensions } from '../tables/outpost_extensions.ts';
import { outpostFlags } from '../tables/outpost_flags.ts';
import { outpostMetrics } from '../tables/outpost_metrics.ts';
import { outpostQuarantine } from '../tables/outpost_quarantine.ts';
import { outpostQueryRuns } from '../tables/outpost_query_runs.ts';
import { outpostQueryScans } from '../tables/outpost_query_scans.ts';
import { outpostSchedule } from '../tables/outpost_schedule.ts';
import { outpostTables } from '../tables/outpost_tables.ts';
import { workerVariable } from '../watchdog/messages.ts';
import type { AgentState } from './state.ts';

/** Bits of `platform_mask`: POSIX and Linux. */
const platformMask = 9;
const startTime = Math.floor(performance.timeOrigin / 1000);

/** The tables about the agent, over its state. */
export const stateTables = (state: AgentState, flags: FlagStore, registry: Registry): TableDefinition[] => [
  osqueryInfo(() => ({
    pid: process.pid,
    uuid: state.hostUuid(),
    instance_id: state.instanceId(),
    version: agentVersion,
    config_hash: state.configValid() ? state.configHash() : '',
    config_valid: state.configValid() ? 1 : 0,
    extensions: state.extensions === undefined ? 'inactive' : 'active',
    build_platform: process.platform,
    build_distro: 'node',
    start_time: startTime,
    watcher: Number(process.env[workerVariable] ?? -1),
    platform_mask: platformMask,
  })),
  osqueryFlags(() => flags.rows()),
  osquerySchedule(() => state.schedule()),
  osqueryPacks(() => state.packs()),
  osqueryRegistry(() =>
    registry.list().map(({ registry: kind, name, ownerUuid, internal, active }) => ({
      registry: kind,
      name,
      owner_uuid: ownerUuid,
      internal: internal ? 1 : 0,
      active: active ? 1 : 0,
    })),
  ),
  osqueryExtensions(() => state.extensions?.() ?? []),
  outpostColumns(names => state.tables(names)),
  outpostConfigFaults(() => state.configFaults()),
  outpostExtensionEvents(() => state.extensionEvents()),
  outpostExtensionLogs(() => state.extensionLogs()),
  outpostExtensionPolicy(() => state.policy()),
  outpostExtensionRefusals(() => state.refusals()),
  outpostExtensions(() => state.registered()),
  outpostFlags(() => flags.standings()),
  outpostMetrics(() => state.metrics()),
  outpostQuarantine(() => state.quarantine),
  outpostQueryRuns(() => state.runs()),
  outpostQueryScans(() => state.scans()),
  outpostSchedule(() => state.standings()),
  outpostTables(names => state.tables(names)),
];
