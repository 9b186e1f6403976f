// Tables that do harm, each in a way of its own, for the tests of what the agent does about it.
import { execFileSync } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineTable, integer } from '@outpost/sdk';

const faulty = (name: string, description: string, harm: () => void) =>
  defineTable({
    name,
    description,
    columns: { n: integer('Never given') },
    *generate() {
      harm();
      yield { n: 1 };
    },
  });

const kept: unknown[] = [];

/** Fills the heap of its thread. */
export const faultHeap = faulty('fault_heap', 'Allocates objects without end', () => {
  for (;;) kept.push({ at: kept.length, text: `object ${kept.length}` });
});

/** Takes memory beside the heap. */
export const faultBuffers = faulty('fault_buffers', 'Allocates buffers without end', () => {
  for (;;) kept.push(Buffer.alloc(1 << 20, 1));
});

/** Asks for more at once than V8 can give, which ends the process. */
export const faultGiant = faulty('fault_giant', 'Allocates one array that is too large', () => {
  kept.push(new Array(1e9).fill(1));
});

/** Spins. */
export const faultSpin = faulty('fault_spin', 'Spins without end', () => {
  for (;;);
});

/** Hangs in a system call that nothing interrupts: opening a pipe to which nobody writes. */
export const faultBlock = faulty('fault_block', 'Blocks in a system call', () => {
  const path = join(tmpdir(), `outpost-fault-${process.pid}-${Math.random()}`);
  execFileSync('mkfifo', [path]);
  try {
    openSync(path, 'r');
  } finally {
    rmSync(path, { force: true });
  }
});
