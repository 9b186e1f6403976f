import fs from 'node:fs';
import type { FileView } from '@outpost/sdk';
import { quietly } from '../quietly.ts';
import { placeOf } from './open-file.ts';

const registerBytes = 8;

/**
 * The values of a processor's registers, by their numbers, from its `msr` device (msr(4)); undefined where the processor has no such
 * register. Undefined for all when there is no such device, or when it may not be read, which takes root and the module `msr`.
 */
export function readRegisters(
  files: FileView,
  path: string,
  registers: readonly number[],
): (bigint | undefined)[] | undefined {
  const descriptor = quietly(() => fs.openSync(placeOf(files, path) ?? path, fs.constants.O_RDONLY));
  if (descriptor === undefined) return undefined;
  try {
    const value = Buffer.alloc(registerBytes);
    return registers.map(register => {
      const count = quietly(() => fs.readSync(descriptor, value, 0, registerBytes, register));
      return count === registerBytes ? value.readBigUInt64LE() : undefined;
    });
  } finally {
    fs.closeSync(descriptor);
  }
}
