import { defineTable, integer, text } from '@outpost/sdk';
import { cpuidRows } from '../lib/cpuid-rows.ts';
import { cpuidInstruction } from '../lib/sys/cpuid.ts';

/** What the processor says of itself. */
export const cpuid = defineTable({
  name: 'cpuid',
  description: 'Decoded CPUID feature bits and identification strings.',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    "select feature, value from cpuid where feature in ('vendor', 'product_name', 'hypervisor', 'smep', 'smap')",
  ],
  columns: {
    feature: text('Name of the feature'),
    value: text('1 when the processor has it, 0 when not; of what is no bit, the text or the hexadecimal number'),
    output_register: text('Registers that hold the answer'),
    output_bit: integer('Bit of the register'),
    input_eax: text('Number of the question'),
  },
  *generate(context) {
    try {
      const instruction = cpuidInstruction();
      if (instruction !== undefined) yield* cpuidRows(instruction);
    } catch (error) {
      context.warn(`The processor cannot be asked: ${error instanceof Error ? error.message : String(error)}`);
    }
  },
});
