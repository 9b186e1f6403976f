/** One figure about the agent, at one moment. */
export interface Metric {
  /** Snake case, with its unit, without `_total`: `outbox_waiting_bytes`. */
  readonly name: string;
  /** A counter only grows while the process lives; a gauge goes up and down. */
  readonly type: 'counter' | 'gauge';
  /** What it counts or measures, as a sentence without its full stop. */
  readonly help: string;
  readonly value: number;
  /** What tells figures of one name apart. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Gives the figures of one part of the agent. It is asked when somebody reads, so that counting costs nothing else. */
export type MetricSource = () => Iterable<Metric>;

/** The figures of all parts of the agent. */
export class Metrics {
  readonly #sources = new Set<MetricSource>();

  /** Adds a part. @returns a function that takes it out */
  add(source: MetricSource): () => void {
    this.#sources.add(source);
    return () => this.#sources.delete(source);
  }

  /** All figures as they are now. */
  read(): Metric[] {
    return [...this.#sources].flatMap(source => [...source()]);
  }
}

/** The figures of the process itself. */
export function* processMetrics(): Generator<Metric> {
  const { rss, heapUsed, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  yield { name: 'process_resident_memory_bytes', type: 'gauge', help: 'Resident memory of the process', value: rss };
  yield { name: 'process_heap_bytes', type: 'gauge', help: 'JavaScript heap of the main thread', value: heapUsed };
  yield { name: 'process_external_bytes', type: 'gauge', help: 'Memory of buffers outside the heap', value: external };
  const help = 'CPU time of the process';
  yield { name: 'process_cpu_seconds', type: 'counter', help, value: user / 1e6, labels: { mode: 'user' } };
  yield { name: 'process_cpu_seconds', type: 'counter', help, value: system / 1e6, labels: { mode: 'system' } };
  yield { name: 'process_uptime_seconds', type: 'gauge', help: 'Time since the start', value: process.uptime() };
}
