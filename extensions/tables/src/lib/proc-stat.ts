/** The time of one processor, in ticks (hundredths of a second) by what it was spent on. */
export interface CpuTime {
  readonly core: number;
  /** In the order of proc_stat(5): user, nice, system, idle, iowait, irq, softirq, steal, guest, guest_nice. */
  readonly ticks: readonly number[];
}

/** The lines of single processors in /proc/stat (proc_stat(5)). Old kernels give fewer numbers. */
export function* parseCpuTimes(content: string): Generator<CpuTime> {
  for (const [, core, ticks] of content.matchAll(/^cpu(\d+)((?: +\d+)+)/gm)) {
    if (core !== undefined && ticks !== undefined)
      yield { core: Number(core), ticks: ticks.trim().split(/ +/).map(Number) };
  }
}
