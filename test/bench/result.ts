/** One figure of a benchmark: ours beside a rival's, measured in the same run. */
export interface BenchmarkResult {
  readonly name: string;
  /** Our time or rate, in `unit`. */
  readonly ours: number;
  /** The rival's, in `unit`; left out where there is none. */
  readonly rival?: number;
  readonly unit: string;
  /** What the target is about; see `target`. Left out where there is no rival. */
  readonly ratio?: number;
  /** The target in words, such as `at least 3 times faster`. */
  readonly target: string;
  readonly met: boolean;
}

/** The middle of some measurements. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new RangeError('The median of no values does not exist.');
  return middle;
};
