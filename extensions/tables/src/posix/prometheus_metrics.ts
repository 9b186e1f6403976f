import { bigint, defineTable, double, readMax, text } from '@outpost/sdk';
import { httpGet } from '../lib/http-get.ts';
import { Losses } from '../lib/losses.ts';
import { parseSamples, targetsOf } from '../lib/prometheus.ts';

/** Figures that programs of this machine, or others, tell to Prometheus. */
export const prometheusMetrics = defineTable({
  name: 'prometheus_metrics',
  description: 'Metrics scraped from the configured Prometheus endpoints.',
  platforms: ['linux', 'macos'],
  examples: [
    "select metric_name, metric_value from prometheus_metrics where metric_name like 'node_load%'",
    'select target_name, count(*) from prometheus_metrics group by target_name',
  ],
  columns: {
    target_name: text('URL of the endpoint, from prometheus_targets in the configuration'),
    metric_name: text('Name of the figure, with its labels'),
    metric_value: double('The figure'),
    timestamp_ms: bigint('When it was asked for, milliseconds since 1970'),
  },
  async *generate(context) {
    const { urls, timeoutMs } = targetsOf(context.setting('prometheus_targets'));
    const losses = new Losses('cannot be fetched');
    const options = { userAgent: 'osquery', timeoutMs, maxBytes: readMax, signal: context.signal };
    for (const url of urls.toSorted())
      try {
        const { body } = await httpGet(url, options);
        const timestamp_ms = Date.now();
        for (const sample of parseSamples(body.toString())) yield { target_name: url, ...sample, timestamp_ms };
      } catch (error) {
        losses.add(url, error instanceof Error ? error.message : String(error));
      }
    losses.report(context);
  },
});
