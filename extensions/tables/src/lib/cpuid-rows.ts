import { cpuFeatures } from './cpuid-features.ts';
import type { Cpuid } from './sys/cpuid.ts';

/** One thing CPUID says. */
export interface CpuidRow {
  readonly feature: string;
  readonly value: string;
  readonly output_register: string;
  readonly output_bit: number;
  readonly input_eax: string;
}

const positions = { eax: 0, ebx: 1, ecx: 2, edx: 3 } as const;
const hypervisorBit = 31;

const hex = (numbers: readonly number[]): string =>
  numbers.map(number => number.toString(16).padStart(8, '0')).join('');

/** The bytes of registers as text, up to the first zero. */
function textOf(numbers: readonly number[]): string {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32LE(number, index * 4);
  return bytes.toString('latin1').split('\0', 1)[0]?.trim() ?? '';
}

const isSet = (register: number, bit: number): boolean => ((register >>> bit) & 1) === 1;

const rowOf = (feature: string, value: string, register: string, input: string, bit = 0): CpuidRow => ({
  feature,
  value,
  output_register: register,
  output_bit: bit,
  input_eax: input,
});

function* identityRows(cpuid: Cpuid): Generator<CpuidRow> {
  const [, ebx, ecx, edx] = cpuid(0, 0);
  yield rowOf('vendor', textOf([ebx, edx, ecx]), 'ebx,edx,ecx', '0');
  const name = [0x8000_0002, 0x8000_0003, 0x8000_0004].flatMap(leaf => cpuid(leaf, 0));
  yield rowOf('product_name', textOf(name), 'eax,ebx,ecx,edx', '0x80000002');
  const [signature, , capabilities] = cpuid(1, 0);
  // Without a hypervisor the processor answers with something else.
  if (isSet(capabilities, hypervisorBit))
    yield rowOf('hypervisor_id', hex(cpuid(0x4000_0000, 0).slice(0, 3)), 'ebx,ecx,edx', '0x40000000');
  const [serial, , , serialEnd] = cpuid(3, 0);
  yield rowOf('serial', hex([signature, serial, serialEnd]), 'eax,eax,ecx', '1,3');
  yield rowOf('family', (signature & 0xf00).toString(16).padStart(4, '0'), 'eax', '1');
}

/** What CPUID says of the processor. Registers are named as osquery names them, which are not always those that make up the value. */
export function* cpuidRows(cpuid: Cpuid): Generator<CpuidRow> {
  const [highest] = cpuid(0, 0);
  if (highest < 1) return;
  yield* identityRows(cpuid);
  for (const { name, leaf, register, bit } of cpuFeatures) {
    const value = isSet(cpuid(leaf, 0)[positions[register]], bit) ? '1' : '0';
    yield rowOf(name, value, register, String(leaf), bit);
  }
  yield rowOf('sgx0', hex(cpuid(0x12, 0)), 'eax,ebx,ecx,edx', '18');
  yield rowOf('sgx1', hex(cpuid(0x12, 1)), 'eax,ebx,ecx,edx', '18,1');
}
