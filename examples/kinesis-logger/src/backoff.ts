/** The shortest and the longest wait before another attempt, milliseconds. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** How long to wait after so many failures in a row: twice as long each time, and between half and all of it by chance. */
export const backoffMs = (failures: number, { firstMs, longestMs }: BackoffLimits, random: () => number): number =>
  Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 30)) * (0.5 + random() / 2);
