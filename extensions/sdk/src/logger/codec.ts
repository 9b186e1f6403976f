import type { PluginRequest } from '@outpost/protocol';
import { RequestRefused } from '../answer.ts';
import type { LoggedStatus } from './definition.ts';

/** A request to a logger plugin. */
export type LoggerRequest =
  | { readonly kind: 'string'; readonly line: string }
  | { readonly kind: 'batch'; readonly lines: readonly string[] }
  | { readonly kind: 'snapshot'; readonly line: string }
  | { readonly kind: 'init'; readonly processName: string }
  | { readonly kind: 'status'; readonly statuses: readonly LoggedStatus[] }
  | { readonly kind: 'event'; readonly event: string }
  | { readonly kind: 'features' };

/** Bits of the status code that answers `features`. */
export const loggerFeatures = { logStatus: 1, logEvent: 2 } as const;

/** A request as the map that travels. */
export function encodeLoggerRequest(request: LoggerRequest): PluginRequest {
  switch (request.kind) {
    case 'string':
      return { string: request.line, category: 'event' };
    case 'batch':
      return { string_batch: JSON.stringify(request.lines) };
    case 'snapshot':
      return { snapshot: request.line };
    case 'init':
      return { init: request.processName };
    case 'status':
      return { status: 'true', log: JSON.stringify(request.statuses.map(encodeStatus)) };
    case 'event':
      return { event: request.event };
    case 'features':
      return { action: 'features' };
  }
}

/** Reads the map of a request; where it holds several, osquery's order decides. @throws RequestRefused with osquery's text. */
export function decodeLoggerRequest(map: PluginRequest): LoggerRequest {
  if (map.string !== undefined) return { kind: 'string', line: map.string };
  if (map.string_batch !== undefined) return { kind: 'batch', lines: array(map.string_batch).map(String) };
  if (map.snapshot !== undefined) return { kind: 'snapshot', line: map.snapshot };
  if (map.init !== undefined) return { kind: 'init', processName: map.init };
  if (map.status !== undefined) return { kind: 'status', statuses: array(map.log ?? '[]').map(decodeStatus) };
  if (map.event !== undefined) return { kind: 'event', event: map.event };
  if (map.action === 'features') return { kind: 'features' };
  throw new RequestRefused('Unsupported call to logger plugin');
}

const encodeStatus = (status: LoggedStatus): Readonly<Record<string, string | number>> => ({
  s: status.severity,
  f: status.file,
  i: status.line,
  m: status.message,
  h: status.hostIdentifier,
  c: status.calendarTime,
  u: status.unixTime,
});

function array(json: string): readonly unknown[] {
  const found: unknown = JSON.parse(json);
  if (!Array.isArray(found)) throw new RequestRefused('The log is not a JSON array');
  return found;
}

function decodeStatus(entry: unknown): LoggedStatus {
  const fields = typeof entry === 'object' && entry !== null ? (entry as Readonly<Record<string, unknown>>) : {};
  const word = (key: string): string => (fields[key] === undefined ? '' : String(fields[key]));
  const number = (key: string): number => Number(fields[key] ?? 0) || 0;
  return {
    severity: number('s'),
    file: word('f'),
    line: number('i'),
    message: word('m'),
    hostIdentifier: word('h'),
    calendarTime: word('c'),
    unixTime: number('u'),
  };
}
