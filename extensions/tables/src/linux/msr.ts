import { bigint, defineTable } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';
import { readRegisters } from '../lib/sys/msr.ts';

/** Numbers of the registers (asm/msr-index.h of the kernel; Intel SDM volume 4). */
const registers = {
  miscEnable: 0x1a0,
  turboRatioLimit: 0x1ad,
  platformInfo: 0xce,
  perfControl: 0x199,
  perfStatus: 0x198,
  featureControl: 0x3a,
  powerLimit: 0x610,
  energyStatus: 0x611,
  powerUnits: 0x606,
} as const;

const turboDisableBit = 38n;
const perfControlMask = 0xffffn;

/** A register as the 64-bit number of a column. */
const signed = (value: bigint | undefined): bigint | undefined => value && BigInt.asIntN(64, value);

/** Registers of Intel processors. */
export const msr = defineTable({
  name: 'msr',
  description: 'Selected Intel model-specific registers per CPU.',
  platforms: ['linux'],
  examples: ['select processor_number, turbo_disabled, feature_control from msr'],
  columns: {
    processor_number: bigint('Number of the processor'),
    turbo_disabled: bigint('1 when the processor never runs faster than its nominal speed'),
    turbo_ratio_limit: bigint('Highest ratios of its speed to that of the bus'),
    platform_info: bigint('Ratios it was made for'),
    perf_ctl: bigint('Speed that was asked for'),
    perf_status: bigint('Speed it runs at'),
    feature_control: bigint('What the firmware enabled and locked'),
    rapl_power_limit: bigint('Limits of the power it takes'),
    rapl_energy_status: bigint('Energy it took'),
    rapl_power_units: bigint('Units of power, energy and time'),
  },
  *generate({ files }) {
    const names = quietly(() => files.readdir('/dev/cpu')) ?? [];
    const numbers = names.filter(name => /^\d+$/.test(name)).map(Number);
    for (const number of numbers.toSorted((left, right) => left - right)) {
      const values = readRegisters(files, `/dev/cpu/${number}/msr`, Object.values(registers));
      if (values === undefined) continue;
      const [misc, turboRatio, platform, control, status, feature, limit, energy, units] = values;
      yield {
        processor_number: number,
        turbo_disabled: misc && (misc >> turboDisableBit) & 1n,
        turbo_ratio_limit: signed(turboRatio),
        platform_info: signed(platform),
        perf_ctl: control && control & perfControlMask,
        perf_status: signed(status),
        feature_control: signed(feature),
        rapl_power_limit: signed(limit),
        rapl_energy_status: signed(energy),
        rapl_power_units: signed(units),
      };
    }
  },
});
