import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import fc from 'fast-check';
import { curl } from '../../../extensions/tables/src/common/curl.ts';
import { httpGet } from '../../../extensions/tables/src/lib/http-get.ts';
import { parseSamples, targetsOf } from '../../../extensions/tables/src/lib/prometheus.ts';
import { endpointOf } from '../../../extensions/tables/src/lib/tls-chain.ts';
import { prometheusMetrics } from '../../../extensions/tables/src/posix/prometheus_metrics.ts';
import { asyncRowsOf } from './machine.ts';

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = http.createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const echo: RequestListener = ({ url, headers }, response) => {
  if (url === '/leads-on') response.writeHead(302, { location: '/there' }).end();
  else if (url === '/round') response.writeHead(301, { location: '/round' }).end();
  else if (url === '/missing') response.writeHead(404).end('no');
  else response.end(`${url} ${headers['user-agent']} ü`);
};

test('curl: status, size, time and answer; redirections are followed', async t => {
  const base = await serve(t, echo);
  const url = [`${base}/here`, `${base}/leads-on`, `${base}/missing`];
  const rows = await asyncRowsOf(curl, { where: { url } });
  assert.deepEqual(
    rows.map(({ url: asked, response_code, bytes, result }) => [asked, response_code, bytes, result]),
    [
      [url[0], 200, 16, '/here osquery ü'],
      [url[1], 200, 17, '/there osquery ü'],
      [url[2], 404, 2, 'no'],
    ],
  );
  for (const { method, user_agent, round_trip_time } of rows) {
    assert.deepEqual([method, user_agent], ['GET', 'osquery']);
    assert.ok(Number(round_trip_time) > 0);
  }
});

test('curl: a user agent cannot bring headers along', async t => {
  const url = `${await serve(t, echo)}/`;
  const user_agent = 'mine\r\nX-Forged: 1';
  const [row] = await asyncRowsOf(curl, { where: { url, user_agent } });
  assert.deepEqual([row?.user_agent, row?.result], [user_agent, '/ mineX-Forged: 1 ü']);
});

test('curl: what cannot be fetched is a row without an answer, and a warning', async t => {
  const url = [`${await serve(t, echo)}/round`, 'http://127.0.0.1:1/', 'no url', 'ftp://host/'];
  const warnings: string[] = [];
  const rows = await asyncRowsOf(curl, { where: { url }, warnings });
  assert.deepEqual(
    rows,
    url.map(asked => ({ url: asked, method: 'GET', user_agent: 'osquery' })),
  );
  assert.match(warnings.join(), /more than 10 times\) and 3 more cannot be fetched/);
});

test('an answer that is too large or too late is none', async t => {
  const base = await serve(t, ({ url }, response) => void (url === '/large' && response.end('x'.repeat(1000))));
  const options = { userAgent: 'x', timeoutMs: 200, maxBytes: 999, signal: new AbortController().signal };
  await assert.rejects(httpGet(`${base}/large`, options), /more than 999 bytes/);
  await assert.rejects(httpGet(`${base}/never`, options), { name: /AbortError|TimeoutError/ });
});

const exposition = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400 bad \\"request\\" }"}    3
metric_without_timestamp_and_labels 12.47
something_weird{problem="division by zero"} +Inf -3982045
not_a_number NaN
broken{label="x 1
rpc_duration_seconds_sum 1.7560473e+07
`;

test('samples: names with their labels, numbers of every form, and no comments', () => {
  assert.deepEqual(
    [...parseSamples(exposition)].map(({ metric_name, metric_value }) => [metric_name, metric_value]),
    [
      ['http_requests_total{method="post",code="200"}', 1027],
      ['http_requests_total{method="post",code="400 bad \\"request\\" }"}', 3],
      ['metric_without_timestamp_and_labels', 12.47],
      ['something_weird{problem="division by zero"}', Number.POSITIVE_INFINITY],
      ['not_a_number', Number.NaN],
      ['rpc_duration_seconds_sum', 17_560_473],
    ],
  );
  fc.assert(fc.property(fc.string(), text => [...parseSamples(text)].every(found => text.includes(found.metric_name))));
});

test('targets: those of every source, each once', () => {
  assert.deepEqual(targetsOf(undefined), { urls: [], timeoutMs: 1000 });
  const setting = JSON.stringify([
    { urls: ['http://a/', 'http://b/'], timeout: 3 },
    { urls: ['http://a/', 7] },
    'x',
    null,
  ]);
  assert.deepEqual(targetsOf(setting), { urls: ['http://a/', 'http://b/'], timeoutMs: 3000 });
});

test('prometheus_metrics: the targets of the configuration', async t => {
  const url = `${await serve(t, (_, response) => void response.end('up 1\nload{cpu="0"} 0.5\n'))}/metrics`;
  const settings = { prometheus_targets: JSON.stringify([{ urls: [url, 'http://127.0.0.1:1/'] }]) };
  const warnings: string[] = [];
  const before = Date.now();
  const rows = await asyncRowsOf(prometheusMetrics, { settings, warnings });
  assert.deepEqual(
    rows.map(({ target_name, metric_name, metric_value }) => [target_name, metric_name, metric_value]),
    [
      [url, 'up', 1],
      [url, 'load{cpu="0"}', 0.5],
    ],
  );
  for (const { timestamp_ms } of rows) assert.ok(Number(timestamp_ms) >= before && Number(timestamp_ms) <= Date.now());
  assert.match(warnings.join(), /127\.0\.0\.1:1\/ .* cannot be fetched/);
  assert.deepEqual(await asyncRowsOf(prometheusMetrics), []);
});

test('hosts, ports, and addresses in brackets', () => {
  assert.deepEqual(endpointOf('example.org'), { host: 'example.org', port: 443 });
  assert.deepEqual(endpointOf('example.org:'), { host: 'example.org', port: 443 });
  assert.deepEqual(endpointOf('example.org:8443'), { host: 'example.org', port: 8443 });
  assert.deepEqual(endpointOf('[::1]:8443'), { host: '::1', port: 8443 });
  assert.deepEqual(endpointOf('[::1]'), { host: '::1', port: 443 });
});
