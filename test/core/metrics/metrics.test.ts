import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { writeMetrics } from '../../../core/src/metrics/file.ts';
import { listenMetrics, metricsAddress } from '../../../core/src/metrics/listen.ts';
import { type Metric, Metrics, processMetrics } from '../../../core/src/metrics/metrics.ts';
import { openMetricsText } from '../../../core/src/metrics/open-metrics.ts';
import { Sayings } from '../config/sayings.ts';

const lines: readonly Metric[] = [
  { name: 'lines', type: 'counter', help: 'Lines', value: 3, labels: { logger: 'a"b\\c\nd' } },
  { name: 'depth', type: 'gauge', help: 'Depth', value: 0.5 },
  { name: 'lines', type: 'counter', help: 'Lines', value: Number.POSITIVE_INFINITY },
];

const metricsOf = (metrics: readonly Metric[]): Metrics => {
  const all = new Metrics();
  all.add(() => metrics);
  return all;
};

const directory = (context: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'metrics-'));
  context.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

test('the text is that of OpenMetrics: families together, counters with their suffix, labels escaped', () => {
  assert.equal(
    openMetricsText(lines),
    [
      '# TYPE outpost_lines counter',
      '# HELP outpost_lines Lines.',
      'outpost_lines_total{logger="a\\"b\\\\c\\nd"} 3',
      'outpost_lines_total +Inf',
      '# TYPE outpost_depth gauge',
      '# HELP outpost_depth Depth.',
      'outpost_depth 0.5',
      '# EOF',
      '',
    ].join('\n'),
  );
});

test('a part gives its figures until it is taken out', () => {
  const metrics = new Metrics();
  const remove = metrics.add(() => lines);
  metrics.add(processMetrics);
  assert.ok(metrics.read().length > lines.length);
  remove();
  const memory = metrics.read().find(({ name }) => name === 'process_resident_memory_bytes');
  assert.ok((memory?.value ?? 0) > 1e7);
});

test('the file is written whole, and a place that cannot be written is said once', context => {
  const path = directory(context);
  const status = new Sayings();
  writeMetrics(metricsOf(lines), join(path, 'outpost.prom'), 60, status)();
  assert.deepEqual(readdirSync(path), ['outpost.prom']);
  assert.equal(readFileSync(join(path, 'outpost.prom'), 'utf8'), openMetricsText(lines));
  assert.deepEqual(status.lines, []);
  writeMetrics(metricsOf(lines), join(path, 'nowhere', 'outpost.prom'), 60, status)();
  assert.match(status.lines.join('\n'), /^W The file of --metrics_file cannot be written: ENOENT[^\n]*$/);
});

interface Reply {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly body: string;
}

const ask = (place: { port?: number | undefined; socketPath?: string }, path: string, method = 'GET') =>
  new Promise<Reply>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', ...place, path, method, agent: false }, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body }));
    });
    sent.on('error', reject).end();
  });

test('readers are answered on the loopback interface', async context => {
  const server = await listenMetrics(metricsOf(lines), '127.0.0.1:0', new Sayings());
  context.after(() => server.close());
  const { port } = server;
  const reply = await ask({ port }, '/metrics');
  assert.equal(reply.body, openMetricsText(lines));
  assert.match(reply.type ?? '', /^application\/openmetrics-text; version=1\.0\.0/);
  assert.deepEqual((await ask({ port }, '/metrics', 'HEAD')).body, '');
  assert.equal((await ask({ port }, '/')).status, 404);
  assert.equal((await ask({ port }, '/metrics', 'POST')).status, 405);
  await assert.rejects(listenMetrics(metricsOf(lines), `127.0.0.1:${port}`, new Sayings()), /EADDRINUSE/);
});

test('readers are answered on a Unix socket that only its owner can use', async context => {
  const path = join(directory(context), 'metrics.sock');
  const server = await listenMetrics(metricsOf(lines), `unix:${path}`, new Sayings());
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal((await ask({ socketPath: path }, '/metrics')).status, 200);
  const second = listenMetrics(metricsOf(lines), `unix:${path}`, new Sayings());
  await assert.rejects(second, /cannot be given at unix:.*: Another process listens on the socket .*[^.]\.$/);
  assert.equal((await ask({ socketPath: path }, '/metrics')).status, 200, 'the first one still listens');
  await server.close();
});

test('a socket that a dead process left behind is replaced, a file is not', async context => {
  const path = join(directory(context), 'metrics.sock');
  const code = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', code, path]);
  assert.ok(statSync(path).isSocket());
  const server = await listenMetrics(metricsOf(lines), `unix:${path}`, new Sayings());
  assert.equal((await ask({ socketPath: path }, '/metrics')).status, 200);
  await server.close();
  writeFileSync(path, 'mine');
  await assert.rejects(listenMetrics(metricsOf(lines), `unix:${path}`, new Sayings()), /a file of another kind/);
  assert.equal(readFileSync(path, 'utf8'), 'mine');
});

test('addresses that others could reach are refused', () => {
  for (const address of [
    '0.0.0.0:9400',
    ':9400',
    '192.168.1.1:80',
    'example.org:80',
    '127.0.0.1:99999',
    'unix:x',
    '9400',
  ])
    assert.throws(() => metricsAddress(address), { code: 'METRICS_ADDRESS_INVALID' }, address);
  assert.deepEqual(metricsAddress('[::1]:9400'), { host: '::1', port: 9400 });
});
