import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';

const directory = '/var/lib/cb';
/** The queues are a few directories deep. */
const maxDepth = 6;

/** The values of the section `CB` of the sensor's settings. */
function parseSettings(content: string): ReadonlyMap<string, string> {
  const section = /^\[CB\][^\n]*\n((?:(?!\[).*(?:\n|$))*)/m.exec(content)?.[1] ?? '';
  const pairs = [...section.matchAll(/^\s*([^=;#\s]+)\s*=\s*(.*?)\s*$/gm)];
  return new Map(pairs.map(([, name = '', value = '']) => [name, value]));
}

/** The sensor's number, which is the last five of sixteen hexadecimal digits. */
function sensorId(files: FileView): number | undefined {
  const content = quietly(() => files.readTextIfPresent(`${directory}/sensor.id`)) ?? '';
  return /^[0-9a-f]{16}$/i.test(content) ? Number.parseInt(content.slice(11), 16) : undefined;
}

/** How many bytes wait to be sent: of what happened, and of programs that were seen. */
function queues(files: FileView, place: string, depth = 0): { events: number; binaries: number } {
  const total = { events: 0, binaries: 0 };
  for (const entry of quietly(() => files.readdirTypes(place)) ?? []) {
    const path = `${place}/${entry.name}`;
    if (entry.isDirectory() && depth < maxDepth) {
      const { events, binaries } = queues(files, path, depth + 1);
      total.events += events;
      total.binaries += binaries;
    } else if (entry.isFile()) {
      const size = quietly(() => files.stat(path))?.size ?? 0;
      if (entry.name === 'filedata' || entry.name === 'metadata') total.binaries += size;
      else if (/^events(?:\.[^.]*)?$/.test(entry.name)) total.events += size;
    }
  }
  return total;
}

function settingsRow(settings: ReadonlyMap<string, string>) {
  const number = (name: string): number => {
    const value = Number.parseInt(settings.get(name) ?? '', 10);
    return Number.isFinite(value) ? value : -1;
  };
  return {
    config_name: (settings.get('ConfigName') ?? '').replaceAll('%20', ' '),
    collect_store_files: number('CollectStoreFiles'),
    collect_module_loads: number('CollectModuleLoads'),
    collect_module_info: number('CollectModuleInfo'),
    collect_file_mods: number('CollectFileMods'),
    collect_reg_mods: number('CollectRegMods'),
    collect_net_conns: number('CollectNetConns'),
    collect_cross_processes: number('CollectCrossProcess'),
    collect_emet_events: number('CollectEmetEvents'),
    sensor_backend_server: (settings.get('SensorBackendServer') ?? '').replaceAll('%3A', ':'),
    ...onlyElsewhere,
  };
}

/** Settings that the sensor has on other systems only. */
const onlyElsewhere = {
  collect_processes: 0,
  collect_data_file_writes: 0,
  collect_process_user_context: 0,
  collect_sensor_operations: 0,
  log_file_disk_quota_mb: 0,
  log_file_disk_quota_percentage: 0,
  protection_disabled: 0,
  sensor_ip_addr: '',
} as const;

/** The sensor of Carbon Black; no row where there is none. */
export const carbonBlackInfo = defineTable({
  name: 'carbon_black_info',
  aliases: ['cb_info'],
  description: 'Settings of an installed Carbon Black sensor.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select sensor_id, config_name, sensor_backend_server, event_queue from carbon_black_info'],
  columns: {
    sensor_id: integer('Number of the sensor'),
    config_name: text('Name of its settings'),
    collect_store_files: integer('1 when it keeps programs; -1 when it does not say, here and below'),
    collect_module_loads: integer('1 when it sees libraries being loaded'),
    collect_module_info: integer('1 when it looks at libraries'),
    collect_file_mods: integer('1 when it sees files being changed'),
    collect_reg_mods: integer('1 when it sees the registry being changed'),
    collect_net_conns: integer('1 when it sees connections'),
    collect_processes: integer('Always 0 on Linux'),
    collect_cross_processes: integer('1 when it sees processes reach into others'),
    collect_emet_events: integer('1 when it sees events of EMET'),
    collect_data_file_writes: integer('Always 0 on Linux'),
    collect_process_user_context: integer('Always 0 on Linux'),
    collect_sensor_operations: integer('Always 0 on Linux'),
    log_file_disk_quota_mb: integer('Always 0 on Linux'),
    log_file_disk_quota_percentage: integer('Always 0 on Linux'),
    protection_disabled: integer('Always 0 on Linux'),
    sensor_ip_addr: text('Always empty on Linux'),
    sensor_backend_server: text('The server it reports to'),
    event_queue: integer('Bytes of events that wait to be sent'),
    binary_queue: integer('Bytes of programs that wait to be sent'),
  },
  *generate({ files }) {
    if (!files.exists(directory)) return;
    const content = quietly(() => files.readTextIfPresent(`${directory}/sensorsettings.ini`));
    const { events, binaries } = queues(files, directory);
    yield {
      sensor_id: sensorId(files),
      ...(content === undefined ? {} : settingsRow(parseSettings(content))),
      event_queue: events,
      binary_queue: binaries,
    };
  },
});
