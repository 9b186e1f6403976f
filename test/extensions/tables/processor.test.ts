import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { cpuid } from '../../../extensions/tables/src/common/cpuid.ts';
import { intelMeInfo } from '../../../extensions/tables/src/common/intel_me_info.ts';
import { cpuFeatures } from '../../../extensions/tables/src/lib/cpuid-features.ts';
import { cpuidRows } from '../../../extensions/tables/src/lib/cpuid-rows.ts';
import type { Registers } from '../../../extensions/tables/src/lib/sys/cpuid.ts';
import { msr } from '../../../extensions/tables/src/linux/msr.ts';
import { machineWith, rowsOf } from './machine.ts';

const word = (text: string): number => Buffer.from(text, 'latin1').readUInt32LE();

/** A processor that gives what is listed, and zeros for everything else. */
const processor =
  (answers: Readonly<Record<string, Registers>>) =>
  (eax: number, ecx: number): Registers =>
    answers[`${eax},${ecx}`] ?? [0, 0, 0, 0];

const xeon = processor({
  '0,0': [22, word('Genu'), word('ntel'), word('ineI')],
  '1,0': [0x806f8, 0, 0x8000_0001, 1 << 6],
  '7,0': [0, 1 << 29, 0, 0],
  [`${0x8000_0002},0`]: [word('Inte'), word('l(R)'), word(' Xeo'), word('n\0\0\0')],
  [`${0x4000_0000},0`]: [0x4000_0001, word('KVMK'), word('VMKV'), word('M\0\0\0')],
  '18,1': [1, 2, 3, 4],
});

test('cpuid decodes what the processor says', () => {
  const rows = new Map([...cpuidRows(xeon)].map(row => [row.feature, row]));
  assert.deepEqual(rows.get('vendor'), {
    feature: 'vendor',
    value: 'GenuineIntel',
    output_register: 'ebx,edx,ecx',
    output_bit: 0,
    input_eax: '0',
  });
  const value = (feature: string) => rows.get(feature)?.value;
  assert.deepEqual(['product_name', 'hypervisor_id', 'serial', 'family', 'sgx1'].map(value), [
    'Intel(R) Xeon',
    '400000014b4d564b564b4d56',
    '000806f80000000000000000',
    '0600',
    '00000001000000020000000300000004',
  ]);
  assert.deepEqual(['pae', 'msr', 'hypervisor', 'sse3', 'sha', 'nx'].map(value), ['1', '0', '1', '1', '1', '0']);
  assert.deepEqual(rows.get('sha'), {
    feature: 'sha',
    value: '1',
    output_register: 'ebx',
    output_bit: 29,
    input_eax: '7',
  });
  assert.equal(rows.get('nx')?.input_eax, '2147483649');
  assert.equal(rows.size, 7 + cpuFeatures.length);
});

test('a processor without a hypervisor has no name of one, one without CPUID has no rows', () => {
  const bare = processor({ '0,0': [1, 0, 0, 0], [`${0x4000_0000},0`]: [7, 7, 7, 7] });
  assert.deepEqual(
    [...cpuidRows(bare)].filter(row => row.feature === 'hypervisor_id'),
    [],
  );
  assert.deepEqual([...cpuidRows(processor({}))], []);
});

test('no answer of a processor makes the rows fail', () => {
  const number = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(fc.tuple(number, number, number, number), registers => {
      for (const row of cpuidRows(() => registers)) assert.equal(typeof row.value, 'string');
    }),
  );
});

test('cpuid agrees with what the kernel found', { skip: process.arch !== 'x64' && 'this is no x86-64' }, () => {
  const rows = new Map(rowsOf(cpuid).map(row => [row.feature, row.value]));
  const cpuinfo = readFileSync('/proc/cpuinfo', 'utf8');
  const field = (name: string) => new RegExp(`^${name}\\s*: (.*)$`, 'm').exec(cpuinfo)?.[1];
  assert.equal(rows.get('vendor'), field('vendor_id'));
  assert.equal(rows.get('product_name'), field('model name')?.trim());
  const flags = new Set(field('flags')?.split(' '));
  // What the kernel never hides, by its name there.
  for (const [feature, flag] of Object.entries({ sse2: 'sse2', 'sse4.2': 'sse4_2', aes: 'aes', lm: 'lm', pae: 'pae' }))
    assert.equal(rows.get(feature), flags.has(flag) ? '1' : '0', feature);
});

/** The device of a processor: registers are at eight bytes each from their number on, which lets neighbours overlap. */
function device(values: Readonly<Record<number, bigint>>, length: number): Buffer {
  const content = Buffer.alloc(length);
  for (const [register, value] of Object.entries(values)) content.writeBigUInt64LE(value, Number(register));
  return content;
}

test('msr gives registers of each processor, and leaves out what one has not', t => {
  const files = machineWith(t, {
    'dev/cpu/10/msr': device({ 416: 1n << 38n, 206: 0xffff_ffff_ffff_fffen, 58: 5n }, 0x300),
    'dev/cpu/2/msr': device({ 1542: 9n }, 0x620),
    'dev/cpu/3/cpuid': '',
    'dev/cpu/microcode': '',
  });
  const rows = rowsOf(msr, { files });
  assert.deepEqual(rows[1], {
    processor_number: 10,
    turbo_disabled: 1n,
    turbo_ratio_limit: 0n,
    platform_info: -2n,
    perf_ctl: 0n,
    perf_status: 0n,
    feature_control: 5n,
    rapl_power_limit: undefined,
    rapl_energy_status: undefined,
    rapl_power_units: undefined,
  });
  assert.deepEqual(
    rows.map(row => [row.processor_number, row.rapl_power_units]),
    [
      [2, 9n],
      [10, undefined],
    ],
  );
  assert.deepEqual(rowsOf(msr, { files: machineWith(t, {}) }), []);
});

test('intel_me_info gives the version of the first part of the firmware', t => {
  const files = machineWith(t, {
    'sys/class/mei/mei0/fw_ver': '0:11.8.50.3425\n0:11.8.50.3425\n0:11.8.50.3399\n',
    'sys/class/mei/mei1/fw_ver': '\n',
  });
  assert.deepEqual(rowsOf(intelMeInfo, { files }), [{ version: '11.8.50.3425' }]);
  assert.deepEqual(rowsOf(intelMeInfo, { files: machineWith(t, {}) }), []);
});
