import type { Metric } from './metrics.ts';

/** The media type of the format. */
export const openMetricsType = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

const prefix = 'outpost_';
const escaped = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"');

const labelText = (labels: Metric['labels'] = {}): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
};

const valueText = (value: number): string =>
  Number.isNaN(value) ? 'NaN' : Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';

/**
 * Figures in the text format of OpenMetrics 1.0 (https://github.com/prometheus/OpenMetrics, specification), which Prometheus, its textfile
 * collector and others read. Names begin with `outpost_`, those of counters end with `_total`.
 */
export const openMetricsText = (metrics: readonly Metric[]): string => {
  const lines: string[] = [];
  for (const [name, family] of Map.groupBy(metrics, metric => metric.name)) {
    const [{ type, help } = { type: 'gauge', help: '' }] = family;
    lines.push(`# TYPE ${prefix}${name} ${type}`, `# HELP ${prefix}${name} ${escaped(help)}.`);
    for (const { labels, value } of family)
      lines.push(`${prefix}${name}${type === 'counter' ? '_total' : ''}${labelText(labels)} ${valueText(value)}`);
  }
  return `${[...lines, '# EOF'].join('\n')}\n`;
};
