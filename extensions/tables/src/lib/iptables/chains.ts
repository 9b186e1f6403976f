import type { TableBlob } from '../sys/iptables.ts';
import { type Entry, parseEntries } from './entries.ts';

/** The chains of the hooks of the kernel, in the order of their numbers. */
const hookNames = ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'] as const;
/** Begins a chain that somebody made, and ends the table. */
const errorTarget = 'ERROR';
/** Verdicts; the numbers of -NF_DROP - 1 and so on (linux/netfilter.h). */
const verdicts: ReadonlyMap<number, string> = new Map([
  [-1, 'DROP'],
  [-2, 'ACCEPT'],
  [-4, 'QUEUE'],
  [-5, 'RETURN'],
]);

/** A rule of a chain. */
export interface Rule extends Pick<Entry, 'counters' | 'columns'> {
  /** What happens: a verdict, a chain, an extension; empty for counting only. */
  readonly target: string;
}

/** A chain. */
export interface Chain {
  readonly name: string;
  /** What happens to packets that no rule is about; empty for chains that somebody made. */
  readonly policy: string;
  /** Those of the policy. */
  readonly counters: Entry['counters'];
  readonly rules: readonly Rule[];
}

const nothing = { packets: 0n, bytes: 0n } as const;

/** The chains of a table, those of the kernel before those that somebody made. @throws RangeError when the table is malformed */
export function chainsOf({ validHooks, begins, policies, entries }: TableBlob): Chain[] {
  const hooks = new Map(
    hookNames.flatMap((name, hook) => ((validHooks >> hook) & 1 ? [[begins[hook] ?? -1, name] as const] : [])),
  );
  const groups: { name: string; builtIn: boolean; entries: Entry[] }[] = [];
  for (const entry of parseEntries(entries)) {
    const hook = hooks.get(entry.offset);
    if (hook !== undefined) groups.push({ name: hook, builtIn: true, entries: [] });
    if (entry.target === errorTarget) groups.push({ name: entry.label, builtIn: false, entries: [] });
    else groups.at(-1)?.entries.push(entry);
  }
  // The first entry of a chain that is jumped to is the one after its name.
  const names = new Map(groups.map(group => [group.entries[0]?.offset ?? -1, group.name]));
  const targetOf = ({ target, verdict, next }: Entry): string => {
    if (target !== '') return target;
    if (verdict < 0) return verdicts.get(verdict) ?? '';
    return verdict === next ? '' : (names.get(verdict) ?? '');
  };
  // The last group is the end of the table, which has a name, and nothing in it.
  return groups
    .filter(group => group.entries.length > 0)
    .map(({ name, builtIn, entries: [...rules] }) => {
      const last = rules.pop();
      const policy = builtIn && last !== undefined && policies.includes(last.offset) ? last : undefined;
      return {
        name,
        policy: policy === undefined ? '' : targetOf(policy),
        counters: policy?.counters ?? nothing,
        rules: rules.map(rule => ({ target: targetOf(rule), counters: rule.counters, columns: rule.columns })),
      };
    });
}
