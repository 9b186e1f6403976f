import { memberAt, membersOf } from './json-values.ts';

/** What to ask. */
export interface PrometheusTargets {
  readonly urls: readonly string[];
  readonly timeoutMs: number;
}

const defaultSeconds = 1;

/** The targets in what the sources of a configuration say under `prometheus_targets`; the last time-out that one of them gives counts. */
export function targetsOf(setting: string | undefined): PrometheusTargets {
  const parts = membersOf(setting === undefined ? [] : JSON.parse(setting));
  const urls = parts.flatMap(part => membersOf(memberAt(part, 'urls'))).filter(url => typeof url === 'string');
  const seconds = parts.map(part => Number(memberAt(part, 'timeout'))).filter(value => value > 0);
  return { urls: [...new Set(urls)], timeoutMs: (seconds.at(-1) ?? defaultSeconds) * 1000 };
}

/** A sample: its name with its labels as they are written, and its value. */
export interface Sample {
  readonly metric_name: string;
  readonly metric_value: number;
}

/** A name, labels in braces whose values may hold anything within quotes, a value, and perhaps a time. */
const sample = /^([a-zA-Z_:][\w:]*(?:\s*\{(?:"(?:[^"\\]|\\.)*"|[^"}])*\})?)\s+(\S+)/;

/** Numbers that JavaScript writes in another way. */
const special: ReadonlyMap<string, number> = new Map([
  ['+inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['inf', Number.POSITIVE_INFINITY],
  ['nan', Number.NaN],
]);

/** The samples in the text format of Prometheus (Exposition formats 0.0.4); comments, and lines that are none, are passed over. */
export function* parseSamples(content: string): Generator<Sample> {
  for (const line of content.split('\n')) {
    const [, metric_name, value = ''] = sample.exec(line.trim()) ?? [];
    const metric_value = special.get(value.toLowerCase()) ?? Number(value);
    if (metric_name !== undefined && (!Number.isNaN(metric_value) || special.has(value.toLowerCase())))
      yield { metric_name, metric_value };
  }
}
