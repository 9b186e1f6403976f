/** A stretch of a device, in sectors. */
export interface Stretch {
  readonly start: number;
  readonly length: number;
  readonly label: string;
  /** `normal` for a partition, `meta` for a table, `unallocated` for what is in none. */
  readonly kind: 'normal' | 'meta' | 'unallocated';
}

/** How a device is divided. */
export interface Layout {
  /** In bytes. */
  readonly sectorBytes: number;
  readonly stretches: readonly Stretch[];
}

/** Reads bytes of a device; fewer at its end, undefined when it cannot be read. */
export type ReadAt = (offset: number, bytes: number) => Buffer | undefined;

const emptiness = ({ kind }: Stretch): number => (kind === 'unallocated' ? 1 : 0);

/** By where they begin; a table comes before what is unallocated around it, and before what is inside it. */
const order = (left: Stretch, right: Stretch): number =>
  left.start - right.start || emptiness(left) - emptiness(right) || right.length - left.length;

/** The stretches in the order of the device, and between the partitions what is in none. */
export function withGaps(stretches: readonly Stretch[], deviceSectors: number): Stretch[] {
  const gap = (start: number, end: number): Stretch[] =>
    end > start ? [{ start, length: end - start, label: 'Unallocated', kind: 'unallocated' }] : [];
  const gaps: Stretch[] = [];
  let reached = 0;
  for (const { start, length } of stretches.filter(({ kind }) => kind === 'normal').sort(order)) {
    gaps.push(...gap(reached, start));
    reached = Math.max(reached, start + length);
  }
  return [...stretches, ...gaps, ...gap(reached, deviceSectors)].sort(order);
}
