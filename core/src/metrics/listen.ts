import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { ListenOptions } from 'node:net';
import { listen, OutpostError } from '@outpost/protocol';
import { reasonOf } from '../reason.ts';
import type { Speaker } from '../speaker.ts';
import type { Metrics } from './metrics.ts';
import { openMetricsText, openMetricsType } from './open-metrics.ts';

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);
/** How many readers are answered at once, and how long one may take. */
const connectionLimit = 16;
const requestMs = 5_000;

const refused = (address: string, reason: string): OutpostError =>
  new OutpostError('METRICS_ADDRESS_INVALID', { address, reason });

/** Where to listen: `unix:/path`, or a port of the loopback interface. @throws OutpostError METRICS_ADDRESS_INVALID */
export const metricsAddress = (address: string): ListenOptions => {
  if (address.startsWith('unix:/')) return { path: address.slice('unix:'.length) };
  const [, host = '', port = ''] = /^(.*):(\d{1,5})$/.exec(address) ?? [];
  if (!loopback.has(host)) throw refused(address, 'it is neither unix:/PATH nor a port of the loopback interface');
  if (Number(port) > 65_535) throw refused(address, `there is no port ${port}`);
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
};

/** Something that answers readers. */
export interface MetricsServer {
  /** The port; undefined for a Unix socket. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

const serve = (metrics: Metrics): Server => {
  const server = createServer({ requestTimeout: requestMs, keepAliveTimeout: requestMs }, (request, response) => {
    const { method, url } = request;
    if (url !== '/metrics' || (method !== 'GET' && method !== 'HEAD')) {
      response.writeHead(url === '/metrics' ? 405 : 404, { 'content-type': 'text/plain' });
      return response.end('The figures of the agent are at GET /metrics.\n');
    }
    response.writeHead(200, { 'content-type': openMetricsType });
    return response.end(method === 'HEAD' ? undefined : openMetricsText(metrics.read()));
  });
  server.maxConnections = connectionLimit;
  return server.unref();
};

const begin = async (server: Server, place: ListenOptions): Promise<void> => {
  if (place.path !== undefined) return listen(server, place.path);
  server.listen(place);
  await once(server, 'listening');
};

/**
 * Answers `GET /metrics` with the figures, on the loopback interface or a Unix socket (mode 0600) only: they tell about the host.
 * @throws OutpostError METRICS_ADDRESS_INVALID, also when nobody can listen there
 */
export const listenMetrics = async (metrics: Metrics, address: string, status: Speaker): Promise<MetricsServer> => {
  const place = metricsAddress(address);
  const server = serve(metrics);
  try {
    await begin(server, place);
  } catch (error) {
    throw refused(address, reasonOf(error).replace(/\.$/, ''));
  }
  server.on('error', error => status.warning('metrics', `A reader of the figures was not answered: ${error.message}`));
  const bound = server.address();
  return {
    port: typeof bound === 'object' ? bound?.port : undefined,
    close: () =>
      new Promise(done => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
};
