import type { HostFacts } from './applies.ts';
import { type DecoratorQueries, readDecorators } from './decorators.ts';
import { Document, kindOf, type Member, membersOf, type Node, plainValue, repeatedKeys } from './document.ts';
import type { ConfigFault } from './fault.ts';
import { mistypedKeys, type ParserKey, parserMembers } from './keys.ts';
import { type PackContext, type PackDraft, packApplies, readPack, readSchedule } from './pack.ts';
import { readTables, type TableDrafts } from './tables.ts';

/** Asks the config plugin for the text of a pack; undefined when it has none. */
export type FetchPack = (name: string, value: string) => Promise<string | undefined>;

/** What the keys other than the schedule hold, for one source or one pack in it. */
export interface Section {
  /** The source, or `SOURCE_PACK`. */
  readonly source: string;
  readonly document: Document;
  /** The object of the key `options`. */
  readonly options: Node | undefined;
  readonly values: ReadonlyMap<ParserKey, unknown>;
  readonly decorators: DecoratorQueries | undefined;
  readonly tables: TableDrafts;
}

/** A pack object and where it stands. */
interface PackNode {
  readonly name: string;
  readonly document: Document;
  readonly node: Node;
}

/** A source that parsed, with the texts of its packs. */
export interface ParsedSource {
  readonly name: string;
  readonly document: Document;
  readonly root: Node;
  readonly packs: readonly PackNode[];
  /** What was wrong before queries were looked at. */
  readonly faults: readonly ConfigFault[];
}

/** Parses a source and fetches its packs. */
export async function parseSource(
  name: string,
  text: string,
  fetchPack: FetchPack,
): Promise<ParsedSource | { readonly fault: ConfigFault }> {
  const parsed = Document.parse(name, text);
  if ('fault' in parsed) return parsed;
  const { document, root } = parsed;
  const faults = [...mistypedKeys(document, root, 'root'), ...repetitions(document, root)];
  const members = membersOf(root);
  for (const key of ['schedule', 'packs']) {
    const value = members.get(key)?.value;
    if (value === undefined || value.type === 'object' || value.type === 'null') continue;
    faults.push(document.fault(value, 'error', `The key ${key} is ${kindOf(value)}; an object is expected.`));
  }
  const packs: PackNode[] = [];
  for (const [pack, member] of membersOf(members.get('packs')?.value))
    packs.push(...(await resolvePack(pack, member, document, fetchPack, fault => faults.push(fault))));
  return { name, document, root, packs, faults };
}

/** Warns of keys that stand twice in one object, at any depth: what the second one says has no effect. */
const repetitions = (document: Document, node: Node): ConfigFault[] => [
  ...repeatedKeys(node).map(key =>
    document.fault(key, 'warning', `The key ${key.value} stands here a second time, and only the first one counts.`),
  ),
  ...(node.children ?? []).flatMap(child => repetitions(document, child)),
];

type Report = (fault: ConfigFault) => void;

async function resolvePack(
  name: string,
  { value }: Member,
  document: Document,
  fetchPack: FetchPack,
  report: Report,
): Promise<PackNode[]> {
  if (value.type === 'object') return named(name, value, document, report);
  if (value.type === 'null') return [];
  if (value.type !== 'string') {
    report(document.fault(value, 'error', `The pack ${name} is ${kindOf(value)}; an object or a string is expected.`));
    return [];
  }
  const text = await fetchPack(name, value.value);
  if (text === undefined || text === '') {
    report(document.fault(value, 'error', `Error reading the query pack named: ${name}`));
    return [];
  }
  const parsed = Document.parse(value.value, text);
  if ('fault' in parsed) {
    report(document.fault(value, 'error', `Error parsing the "${name}" pack JSON`));
    report(parsed.fault);
    return [];
  }
  return named(name, parsed.root, parsed.document, report);
}

/** The name `*` stands for as many packs as its object has members. */
function named(name: string, node: Node, document: Document, report: Report): PackNode[] {
  if (name !== '*') return [{ name, document, node }];
  return [...membersOf(node)].flatMap(([member, { value }]) => {
    if (value.type === 'object') return [{ name: member, document, node: value }];
    report(document.fault(value, 'error', `Error parsing pack: ${member}: the value should be an object`));
    return [];
  });
}

/** What the sections of a source hold: those of its packs first, then its own. */
export function sectionsOf(
  { name, document, root, packs }: ParsedSource,
  host: HostFacts,
  delimiter: string,
): { readonly sections: readonly Section[]; readonly faults: readonly ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const section = (source: string, from: Document, node: Node): Section => {
    const found = parserMembers(from, node);
    const member = found.members.get('decorators')?.value;
    const read = member === undefined ? undefined : readDecorators(from, member);
    faults.push(...found.faults, ...(read?.faults ?? []));
    const tables = readTables(found.members, { document: from, host, report: fault => faults.push(fault) });
    const values = new Map([...found.members].map(([key, { value }]) => [key, plainValue(value)]));
    const options = found.members.get('options')?.value;
    return { source, document: from, options, values, decorators: read?.decorators, tables };
  };
  const own = packs.filter(({ node }) => packApplies(node, host));
  const sections = own.map(pack => section(`${name}${delimiter}${pack.name}`, pack.document, pack.node));
  return { sections: [...sections, section(name, document, root)], faults };
}

/** The packs of a source, its schedule first. A later pack of a name takes the place of an earlier one. */
export function packsOf(
  { name, document, root, packs }: ParsedSource,
  rest: Pick<PackContext, 'host' | 'defaultInterval' | 'report'>,
): PackDraft[] {
  const drafts = new Map<string, PackDraft>();
  const schedule = membersOf(root).get('schedule')?.value;
  if (schedule?.type === 'object') drafts.set('main', readSchedule(schedule, { ...rest, source: name, document }));
  for (const pack of packs)
    drafts.set(pack.name, readPack(pack.name, pack.node, { ...rest, source: name, document: pack.document }));
  return [...drafts.values()];
}
