import { byteOrder } from '../byte-order.ts';
import { type HostFacts, platformApplies, shardApplies, versionApplies } from './applies.ts';
import { type Document, elementsOf, membersOf, type Node } from './document.ts';
import type { ConfigFault } from './fault.ts';
import { mistypedKeys } from './keys.ts';
import { type QueryContext, type QueryDraft, readQuery } from './query-object.ts';
import { readCount, readText } from './scalars.ts';

/** A pack: the schedule itself (named `main`), or one of the key `packs`. */
export interface PackDraft {
  readonly name: string;
  /** The source of the configuration that has it or refers to it. */
  readonly source: string;
  readonly platform: string;
  readonly version: string;
  /** 0 for all machines; undefined when it is no number of machines, which is as good as all. */
  readonly shard: number | undefined;
  readonly discovery: readonly string[];
  readonly oncall: string;
  /** Whether it is for this machine: else it has no queries. */
  readonly applies: boolean;
  /** Sorted by priority at the start, then name. */
  readonly queries: readonly QueryDraft[];
}

/** What is said about a pack. */
export interface PackContext {
  readonly source: string;
  readonly document: Document;
  readonly host: HostFacts;
  readonly defaultInterval: () => number;
  readonly report: (fault: ConfigFault) => void;
}

/** Whether a pack object is for this machine. */
export function packApplies(node: Node, host: HostFacts): boolean {
  const members = membersOf(node);
  return (
    platformApplies(readText(members.get('platform')?.value), host) &&
    versionApplies(readText(members.get('version')?.value), host) &&
    shardApplies(readCount(members.get('shard')?.value) ?? 0, host)
  );
}

/** Reads a pack object. */
export function readPack(name: string, node: Node, context: PackContext): PackDraft {
  const { source, document, host, report } = context;
  for (const fault of mistypedKeys(document, node, 'pack')) report(fault);
  const members = membersOf(node);
  const shard = members.get('shard')?.value;
  const applies = packApplies(node, host);
  return {
    name,
    source,
    platform: readText(members.get('platform')?.value),
    version: readText(members.get('version')?.value),
    shard: shard === undefined || shard.type === 'string' ? (readCount(shard) ?? 0) : readCount(shard),
    discovery: elementsOf(members.get('discovery')?.value)
      .map(readText)
      .filter(sql => sql !== ''),
    oncall: readText(members.get('oncall')?.value) || 'unknown',
    applies,
    queries: applies ? readQueries(members.get('queries')?.value, context) : [],
  };
}

/** The schedule of a source as the pack `main`. */
export const readSchedule = (node: Node, context: PackContext): PackDraft => ({
  name: 'main',
  source: context.source,
  platform: '',
  version: '',
  shard: 0,
  discovery: [],
  oncall: 'unknown',
  applies: true,
  queries: readQueries(node, context),
});

function readQueries(node: Node | undefined, context: PackContext): QueryDraft[] {
  const { document, host, report } = context;
  const queryContext: QueryContext = { document, host, report, defaultInterval: context.defaultInterval() };
  const drafts = [...membersOf(node)].flatMap(([name, member]) => readQuery(name, member, queryContext) ?? []);
  return drafts.sort(byPriority);
}

function byPriority({ query: left }: QueryDraft, { query: right }: QueryDraft): number {
  const [first, second] = [left, right].map(query => query.startupPriority ?? Number.POSITIVE_INFINITY);
  if (first !== undefined && second !== undefined && first !== second) return first - second;
  return byteOrder(left.name, right.name);
}
