import { defineTable, integer, text } from '@outpost/sdk';
import { type SmbiosStructure, smbiosOf } from '../lib/smbios.ts';

const processorType = 4;
/** Bit of the characteristics. */
const capableOf64Bits = 1 << 2;
/** A count of this many is in a word further on, from version 3.0 of the format on. */
const seeWord = 0xff;

/** Names of the processor types of DSP0134, 7.5.1, from 1 on. */
const names = ['OTHER', 'UNKNOWN', 'CPU', 'MATH', 'DSP', 'VIDEO'];

/** A count that outgrew its byte. */
function countAt(processor: SmbiosStructure, byteOffset: number, wordOffset: number): number | undefined {
  const count = processor.byte(byteOffset);
  return count === seeWord ? (processor.word(wordOffset) ?? count) : count;
}

function addressWidth(processor: SmbiosStructure): string | undefined {
  const characteristics = processor.word(0x26);
  if (characteristics === undefined) return undefined;
  return characteristics & capableOf64Bits ? '64' : '32';
}

function rowOf(processor: SmbiosStructure, index: number) {
  const type = processor.byte(0x05);
  return {
    device_id: `${names[(type ?? 0) - 1] ?? 'CPU'}${index}`,
    model: processor.string(0x10),
    manufacturer: processor.string(0x07),
    processor_type: type?.toString(),
    cpu_status: processor.byte(0x18),
    number_of_cores: countAt(processor, 0x23, 0x2a)?.toString(),
    logical_processors: countAt(processor, 0x25, 0x2e),
    address_width: addressWidth(processor),
    current_clock_speed: processor.word(0x16),
    max_clock_speed: processor.word(0x14),
    socket_designation: processor.string(0x04),
  };
}

/** The places for processors on the board; nothing where the firmware does not describe them, or without root. */
export const cpuInfo = defineTable({
  name: 'cpu_info',
  description: 'Processor sockets as described by SMBIOS.',
  platforms: ['linux', 'macos', 'windows'],
  examples: ['select socket_designation, model, number_of_cores from cpu_info'],
  columns: {
    device_id: text('Name and number of the processor, such as CPU0'),
    model: text('Model'),
    manufacturer: text('Manufacturer'),
    processor_type: text('Type: 1 other, 2 unknown, 3 central, 4 math, 5 signal, 6 video processor'),
    cpu_status: integer('Status: bit 6 when there is one, in the lowest three bits 1 when it is enabled'),
    number_of_cores: text('Number of cores'),
    logical_processors: integer('Number of threads'),
    address_width: text('64 or 32'),
    current_clock_speed: integer('Speed in MHz at the start of the machine'),
    max_clock_speed: integer('Highest speed in MHz that the board supports'),
    socket_designation: text('Name of the place on the board'),
    availability: text('Availability', { platforms: ['windows'] }),
    load_percentage: integer('Load in percent', { platforms: ['windows'] }),
    number_of_efficiency_cores: integer('Number of cores that save power', { platforms: ['macos'] }),
    number_of_performance_cores: integer('Number of fast cores', { platforms: ['macos'] }),
  },
  generate: ({ files }) =>
    smbiosOf(files)
      .filter(({ type }) => type === processorType)
      .map(rowOf),
});
