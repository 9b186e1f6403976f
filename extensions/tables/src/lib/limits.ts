/** A resource limit; each value is a number in decimal digits, or `unlimited`. */
export interface ResourceLimit {
  readonly type: string;
  readonly soft: string;
  readonly hard: string;
}

/** What /proc calls each resource, by its name in getrlimit(2). The kernel's `Max realtime timeout` has no row. */
const titles: Readonly<Record<string, string>> = {
  as: 'Max address space',
  core: 'Max core file size',
  cpu: 'Max cpu time',
  data: 'Max data size',
  fsize: 'Max file size',
  locks: 'Max file locks',
  memlock: 'Max locked memory',
  msgqueue: 'Max msgqueue size',
  nice: 'Max nice priority',
  nofile: 'Max open files',
  nproc: 'Max processes',
  rss: 'Max resident set',
  rtprio: 'Max realtime priority',
  sigpending: 'Max pending signals',
  stack: 'Max stack size',
};

const values = /^ +(\d+|unlimited) +(\d+|unlimited)(?: |$)/;

/** The limits in /proc/PID/limits (proc_pid_limits(5)), by the resource's name. */
export function* parseLimits(content: string): Generator<ResourceLimit> {
  const lines = content.split('\n');
  for (const [type, title] of Object.entries(titles)) {
    const line = lines.find(candidate => candidate.startsWith(`${title} `));
    const [, soft, hard] = values.exec(line?.slice(title.length) ?? '') ?? [];
    if (soft !== undefined && hard !== undefined) yield { type, soft, hard };
  }
}
