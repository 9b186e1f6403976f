import { nearest } from '../nearest.ts';
import { type Document, type Member, membersOf, type Node } from './document.ts';
import type { ConfigFault } from './fault.ts';

/** Keys that parts of the agent other than the schedule read; allowed in packs, too. */
export const parserKeys = [
  'options',
  'auto_table_construction',
  'decorators',
  'events',
  'exclude_paths',
  'feature_vectors',
  'file_accesses',
  'file_paths',
  'file_paths_query',
  'kafka_topics',
  'logger',
  'prometheus_targets',
  'views',
  'yara',
] as const;

/** One of {@link parserKeys}. */
export type ParserKey = (typeof parserKeys)[number];

/** The known keys of each kind of object. */
export const knownKeys = {
  root: ['schedule', 'packs', ...parserKeys],
  pack: ['queries', 'platform', 'version', 'shard', 'discovery', 'oncall', ...parserKeys],
  query: [
    'query',
    'interval',
    'removed',
    'snapshot',
    'denylist',
    'platform',
    'version',
    'shard',
    'startup_priority',
    'description',
    'value',
  ],
} as const;

/**
 * Warns of keys that are probably mistyped. Other unknown keys are passed over: configurations carry notes of their own, and keys of
 * later versions.
 */
export function mistypedKeys(document: Document, node: Node, kind: keyof typeof knownKeys): ConfigFault[] {
  const known: readonly string[] = knownKeys[kind];
  const members = membersOf(node);
  return [...members].flatMap(([name, { key }]) => {
    if (known.includes(name)) return [];
    const near = nearest(name, known);
    if (near === undefined || members.has(near)) return [];
    return [document.fault(key, 'warning', `The key ${name} is not known and has no effect.`, near)];
  });
}

/** The members that parsers read, of the right shape; what is of another shape is a warning. */
export function parserMembers(
  document: Document,
  node: Node,
): { members: Map<ParserKey, Member>; faults: ConfigFault[] } {
  const all = membersOf(node);
  const members = new Map<ParserKey, Member>();
  const faults: ConfigFault[] = [];
  for (const key of parserKeys) {
    const member = all.get(key);
    if (member === undefined || member.value.type === 'null') continue;
    const { type } = member.value;
    if (type === 'object' || type === 'array') members.set(key, member);
    else faults.push(document.fault(member.value, 'warning', `Error config ${key} should be an array or object.`));
  }
  return { members, faults };
}
