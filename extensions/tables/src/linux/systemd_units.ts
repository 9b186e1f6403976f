import { bigint, defineTable, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { Systemd, type UnitProperty } from '../lib/systemd.ts';

/** What is asked of each unit, and the column that needs it: four questions a unit take longer than the list. */
const properties = [
  ['fragment_path', 'FragmentPath'],
  ['source_path', 'SourcePath'],
  ['user', 'User'],
  ['unit_file_state', 'UnitFileState'],
] as const satisfies readonly (readonly [string, UnitProperty])[];

/** Services, sockets, timers, mounts and whatever else systemd looks after. */
export const systemdUnits = defineTable({
  name: 'systemd_units',
  description: 'Units known to systemd.',
  platforms: ['linux'],
  examples: [
    "select id, sub_state from systemd_units where active_state = 'failed'",
    "select id, fragment_path, user from systemd_units where id like '%.service' and unit_file_state = 'enabled'",
  ],
  columns: {
    id: text('Name of the unit, such as ssh.service'),
    description: text('What it is, in words'),
    load_state: text('Whether its file could be read: loaded, not-found, error, masked'),
    active_state: text('active, reloading, inactive, failed, activating or deactivating'),
    sub_state: text('State in the terms of its kind, such as running'),
    unit_file_state: text('Whether it starts with the machine: enabled, disabled, static, masked and so on'),
    following: text('Unit whose state it follows'),
    object_path: text('Its object on the bus'),
    job_id: bigint('Job that is queued for it; 0 for none'),
    job_type: text('What the job does'),
    job_path: text("The job's object on the bus"),
    fragment_path: text('File it was read from'),
    user: text('User a service runs as; empty for root'),
    source_path: text('File that its own was made from, such as an init script'),
  },
  *generate(context) {
    const losses = new Losses('cannot be asked for units');
    using systemd = losses.attempt('systemd', () => Systemd.connect(context.files));
    const units = losses.attempt('systemd', () => systemd?.units()) ?? [];
    const wanted = properties.filter(([column]) => context.used(column)).map(([, property]) => property);
    const details = losses.attempt('systemd', () => [...(systemd?.withProperties(units, wanted) ?? [])]);
    for (const [unit, found] of details ??
      units.map(unit => [unit, {} as Partial<Record<UnitProperty, string>>] as const))
      yield {
        id: unit.id,
        description: unit.description,
        load_state: unit.loadState,
        active_state: unit.activeState,
        sub_state: unit.subState,
        unit_file_state: found.UnitFileState ?? '',
        following: unit.following,
        object_path: unit.path,
        job_id: unit.jobId,
        job_type: unit.jobType,
        job_path: unit.jobPath,
        fragment_path: found.FragmentPath ?? '',
        user: found.User ?? '',
        source_path: found.SourcePath ?? '',
      };
    losses.report(context);
  },
});
