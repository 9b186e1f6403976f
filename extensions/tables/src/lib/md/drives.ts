import type { MdArray } from './mdstat.ts';
import type { MdDrive } from './sysfs.ts';

/** A place in an array and what is in it. */
export interface Placed {
  /** Path of the drive; `unknown` where the place is empty. */
  readonly drive: string;
  readonly slot: number | undefined;
  readonly state: string;
}

/** Words for the states that sysfs names, in the order of the kernel's bits. */
const words: readonly (readonly [string, string])[] = [
  ['faulty', 'faulty'],
  ['in_sync', 'active sync'],
  ['write_mostly', 'writemostly'],
  ['failfast', 'failfast'],
  ['journal', 'journal'],
];

function stateOf({ states, slot }: MdDrive): string {
  const found = words.filter(([name]) => states.has(name)).map(([, word]) => word);
  const inUse = states.has('faulty') || states.has('in_sync') || states.has('journal');
  // What is neither in sync nor broken waits, or is being filled.
  if (!inUse) found.unshift(slot === undefined ? 'spare' : 'recovering');
  return found.join(' ');
}

/** Where a failed drive was: its number, unless it joined later or another one has that place now. */
function formerSlot(array: MdArray, { name, states }: MdDrive, free: ReadonlySet<number>): number | undefined {
  if (!states.has('faulty')) return undefined;
  const number = array.members.find(member => member.name === name)?.number;
  return number !== undefined && free.has(number) ? number : undefined;
}

/**
 * The drives of an array and its empty places. A failed drive has no slot any more: it gets the one that its number tells, or else
 * one that nobody is in.
 */
export function placedDrives(array: MdArray, drives: readonly MdDrive[], slots: number): Placed[] {
  const free = new Set(Array.from({ length: slots }, (_, slot) => slot));
  for (const { slot } of drives) if (slot !== undefined) free.delete(slot);
  const placed = drives.map((drive): Placed => {
    const slot = drive.slot ?? formerSlot(array, drive, free);
    if (slot !== undefined) free.delete(slot);
    return { drive: `/dev/${drive.name}`, slot, state: stateOf(drive) };
  });
  const rows = placed.map(row => {
    const [slot] = row.slot === undefined && row.state.startsWith('faulty') ? free : [];
    if (slot !== undefined) free.delete(slot);
    return slot === undefined ? row : { ...row, slot };
  });
  return [...rows, ...Array.from(free, (slot): Placed => ({ drive: 'unknown', slot, state: 'removed' }))];
}
