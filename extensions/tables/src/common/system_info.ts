import { machine } from 'node:os';
import { bigint, defineTable, type FileView, integer, type Row, type TableContext, text } from '@outpost/sdk';
import { parseCpuinfo } from '../lib/cpuinfo.ts';
import { hardwareOf } from '../lib/hardware.ts';
import { fullHostName, hostName } from '../lib/host-name.ts';
import { firmwareUuid } from '../lib/host-uuid.ts';
import { numberAfter } from '../lib/process/numbers.ts';

const columns = {
  hostname: text('Name of the machine, with the domain where it is known'),
  uuid: text('UUID of the machine: of its firmware, else the one the agent made and keeps', { collate: 'nocase' }),
  cpu_type: text('Architecture, such as x86_64'),
  cpu_subtype: text('Number of the model of the processor'),
  cpu_brand: text('Name of the processor'),
  cpu_physical_cores: integer('Number of cores'),
  cpu_logical_cores: integer('Number of threads that run at once'),
  cpu_sockets: integer('Number of processors'),
  cpu_microcode: text('Version of the microcode'),
  physical_memory: bigint('Memory in bytes'),
  hardware_vendor: text('Manufacturer of the machine'),
  hardware_model: text('Model of the machine'),
  hardware_version: text('Version of the machine'),
  hardware_serial: text('Serial number of the machine; only root sees it'),
  board_vendor: text('Manufacturer of the main board'),
  board_model: text('Model of the main board'),
  board_version: text('Version of the main board'),
  board_serial: text('Serial number of the main board; only root sees it'),
  computer_name: text('Name of the machine, without the domain'),
  local_hostname: text('As hostname'),
  emulated_cpu_type: text('Architecture that is emulated', { platforms: ['windows'] }),
} as const;

type SystemRow = Row<typeof columns>;
type Context = TableContext<typeof columns>;

function processorOf(files: FileView): SystemRow {
  const cpu = parseCpuinfo(files.readTextIfPresent('/proc/cpuinfo') ?? '');
  return {
    cpu_type: machine(),
    cpu_subtype: cpu.model,
    cpu_brand: cpu.brand,
    cpu_physical_cores: cpu.physical || cpu.logical || undefined,
    cpu_logical_cores: cpu.logical || undefined,
    cpu_sockets: cpu.sockets || undefined,
    cpu_microcode: cpu.microcode,
  };
}

function hardwareColumns(files: FileView): SystemRow {
  const { system, board } = hardwareOf(files);
  return {
    hardware_vendor: system.vendor,
    hardware_model: system.model,
    hardware_version: system.version,
    hardware_serial: system.serial,
    board_vendor: board.vendor,
    board_model: board.model,
    board_version: board.version,
    board_serial: board.serial,
  };
}

/** Whether the query reads one of the columns that begin with `prefix`. */
const usesAny = (context: Context, prefix: string): boolean =>
  (Object.keys(columns) as (keyof typeof columns)[]).some(name => name.startsWith(prefix) && context.used(name));

/** The machine, one row. */
export const systemInfo = defineTable({
  name: 'system_info',
  description: 'Host name, CPU, memory and hardware identity.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select hostname, uuid, cpu_brand, physical_memory from system_info'],
  columns,
  generate(context): SystemRow[] {
    const { files } = context;
    const fullName = fullHostName(files);
    const kibibytes = numberAfter(`\n${files.readTextIfPresent('/proc/meminfo') ?? ''}`, '\nMemTotal:');
    return [
      {
        hostname: fullName,
        computer_name: hostName(files),
        local_hostname: fullName,
        uuid: context.used('uuid') ? (firmwareUuid(files) ?? context.setting('host_uuid')) : undefined,
        physical_memory: kibibytes === undefined ? undefined : kibibytes * 1024,
        ...(usesAny(context, 'cpu_') && processorOf(files)),
        ...((usesAny(context, 'hardware_') || usesAny(context, 'board_')) && hardwareColumns(files)),
      },
    ];
  },
});
