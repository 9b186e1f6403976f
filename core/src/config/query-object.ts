import type { ScheduledQuery } from '../schedule/query.ts';
import { type HostFacts, platformApplies, shardApplies, versionApplies } from './applies.ts';
import { type Document, kindOf, type Member, membersOf } from './document.ts';
import type { ConfigFault } from './fault.ts';
import { mistypedKeys } from './keys.ts';
import { readBool, readCount, readText } from './scalars.ts';

/** The longest interval, seconds: a week. */
const maxInterval = 604_800;

const reserved = [
  [/^(?:query\.|cache\.|config_views\.)/, 'starts with one of the reserved prefixes: query., cache., config_views.'],
  [/(?:epoch|counter)$/, 'ends with one of the reserved suffixes: epoch, counter'],
] as const;

/** A query of a schedule or a pack before its SQL is looked at. */
export interface QueryDraft {
  /** With the name that it has in its pack. */
  readonly query: ScheduledQuery;
  /** Makes a fault that points at the SQL. */
  readonly fault: (severity: ConfigFault['severity'], message: string) => ConfigFault;
}

/** What is said about queries. */
export interface QueryContext {
  readonly document: Document;
  readonly host: HostFacts;
  /** Seconds for a query that gives no interval. */
  readonly defaultInterval: number;
  readonly report: (fault: ConfigFault) => void;
}

/** Reads a query object; undefined when it is not for this machine, or is not well formed. */
export function readQuery(name: string, member: Member, context: QueryContext): QueryDraft | undefined {
  const { document, host, report } = context;
  const { value: node } = member;
  const complain = (at: Member['value'], message: string): undefined => {
    report(document.fault(at, 'error', message));
    return undefined;
  };
  const taken = reserved.find(([pattern]) => pattern.test(name));
  if (taken !== undefined) return complain(member.key, `Invalid query name: ${name} ${taken[1]}`);
  if (node.type !== 'object') return complain(node, `The query ${name} is ${kindOf(node)}; an object is expected.`);
  for (const fault of mistypedKeys(document, node, 'query')) report(fault);
  const members = membersOf(node);
  const value = (key: string): Member['value'] | undefined => members.get(key)?.value;
  const sql = value('query');
  if (readText(sql).trim() === '')
    return complain(
      sql ?? member.key,
      `The query ${name} has no SQL: the key query must be a string that is not empty.`,
    );
  if (!platformApplies(readText(value('platform')), host)) return undefined;
  if (!versionApplies(readText(value('version')), host)) return undefined;
  if (!shardApplies(readCount(value('shard')) ?? 0, host)) return undefined;
  const given = value('interval');
  const interval = given === undefined ? context.defaultInterval : readCount(given);
  if (interval === undefined || interval < 1 || interval > maxInterval)
    return complain(
      given ?? member.key,
      `Query has invalid interval: ${name}: ${given === undefined ? interval : textOf(given)}. A whole number of seconds from 1 to ${maxInterval} is expected.`,
    );
  const priority = readCount(value('startup_priority'));
  return {
    query: {
      name,
      splayName: name,
      query: readText(sql),
      interval,
      snapshot: readBool(value('snapshot'), false),
      removed: readBool(value('removed'), true),
      denylist: readBool(value('denylist'), true),
      ...(priority !== undefined && { startupPriority: priority }),
    },
    fault: (severity, message) => document.fault(sql ?? member.key, severity, message),
  };
}

const textOf = (node: Member['value']): string =>
  node.type === 'object' || node.type === 'array' ? kindOf(node) : JSON.stringify(node.value);
