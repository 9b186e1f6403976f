import type { PluginRequest, PluginResponse } from '@outpost/protocol';
import { RequestRefused } from '../answer.ts';
import type { DistributedRead, DistributedResult, DistributedResults, DistributedStats } from './definition.ts';

/** A request to a distributed plugin. */
export type DistributedRequest =
  | { readonly action: 'getQueries' }
  | { readonly action: 'writeResults'; readonly results: string };

/** A request as the map that travels. */
export const encodeDistributedRequest = (request: DistributedRequest): PluginRequest => ({ ...request });

/** Reads the map of a request. @throws RequestRefused with osquery's text. */
export function decodeDistributedRequest({ action, results }: PluginRequest): DistributedRequest {
  switch (action) {
    case undefined:
      throw new RequestRefused('Distributed plugins require an action in PluginRequest');
    case 'getQueries':
      return { action };
    case 'writeResults':
      if (results === undefined) throw new RequestRefused('Missing results field');
      return { action, results };
    default:
      throw new RequestRefused(`Distributed plugin action unknown: ${action}`);
  }
}

/** The response to `getQueries`. */
export const encodeDistributedRead = (read: DistributedRead | string): PluginResponse => [
  { results: typeof read === 'string' ? read : JSON.stringify(read) },
];

/** The JSON text of a `getQueries` response; empty when it has none. Which parts of it hold is the core's to decide. */
export const decodeDistributedRead = (response: PluginResponse): string => response[0]?.results ?? '';

/** A row that is written: by column, or as pairs of column and value, whose order is kept whatever the columns are called. */
export type WrittenRow = Readonly<Record<string, string>> | readonly (readonly [column: string, value: string])[];

/** A result that is written. */
export type WrittenResult = Omit<DistributedResult, 'rows'> & { readonly rows: readonly WrittenRow[] };

/** An object's text, its members in the order given; objects of JavaScript put names that are whole numbers first. */
const objectText = (members: Iterable<readonly [name: string, json: string]>): string =>
  `{${Array.from(members, ([name, json]) => `${JSON.stringify(name)}:${json}`).join(',')}}`;

const isPairs = (row: WrittenRow): row is readonly (readonly [string, string])[] => Array.isArray(row);

const rowText = (row: WrittenRow): string =>
  isPairs(row) ? objectText(row.map(([column, value]) => [column, JSON.stringify(value)])) : JSON.stringify(row);

/** The JSON of `writeResults`: rows, statuses, messages and stats, each by query id. */
export function encodeDistributedResults(results: readonly WrittenResult[]): string {
  const byId = (text: (result: WrittenResult) => string): string =>
    objectText(new Map(results.map(result => [result.id, text(result)])));
  return objectText([
    ['queries', byId(({ rows }) => `[${rows.map(rowText).join(',')}]`)],
    ['statuses', byId(({ status }) => JSON.stringify(status))],
    ['messages', byId(({ message }) => JSON.stringify(message))],
    ['stats', byId(({ stats }) => JSON.stringify(stats === undefined ? {} : encodeStats(stats)))],
  ]);
}

const encodeStats = (stats: DistributedStats): Readonly<Record<string, number>> => ({
  wall_time_ms: stats.wallTimeMs,
  user_time: stats.userTimeMs,
  system_time: stats.systemTimeMs,
  memory: stats.memoryBytes,
});

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

/** Reads the JSON of `writeResults`. A status may be a number or its text. @throws SyntaxError when it is not JSON. */
export function decodeDistributedResults(json: string): DistributedResults {
  const body = fieldsOf(JSON.parse(json));
  const [queries, statuses, messages, stats] = ['queries', 'statuses', 'messages', 'stats'].map(key =>
    fieldsOf(body[key]),
  );
  return Object.entries(queries ?? {}).map(([id, rows]) => {
    const measured = decodeStats(own(stats ?? {}, id));
    return {
      id,
      rows: Array.isArray(rows) ? rows.map(decodeRow) : [],
      status: statusOf(own(statuses ?? {}, id)),
      message: String(own(messages ?? {}, id) ?? ''),
      ...(measured && { stats: measured }),
    };
  });
}

/** A status that is no number is a failure. */
function statusOf(value: unknown): number {
  const status = Number(value ?? 0);
  return Number.isNaN(status) ? 1 : status;
}

const decodeRow = (row: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(fieldsOf(row)).map(([name, value]) => [name, String(value)]));

function decodeStats(value: unknown): DistributedStats | undefined {
  const fields = fieldsOf(value);
  if (Object.keys(fields).length === 0) return undefined;
  const number = (key: string): number => Number(fields[key] ?? 0) || 0;
  return {
    wallTimeMs: number('wall_time_ms'),
    userTimeMs: number('user_time'),
    systemTimeMs: number('system_time'),
    memoryBytes: number('memory'),
  };
}
