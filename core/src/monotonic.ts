/** Milliseconds on a clock that nobody sets. The watcher has it instead of `performance`, which would cost it a megabyte. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
