import { type Document, elementsOf, kindOf, membersOf, type Node } from './document.ts';
import type { ConfigFault } from './fault.ts';
import { readText } from './scalars.ts';

/** The queries whose first rows decorate log lines, by when they run. */
export interface DecoratorQueries {
  /** With each change of the source that has them. */
  readonly load: readonly string[];
  /** Before each scheduled query. */
  readonly always: readonly string[];
  /** Whenever the time of the schedule is a multiple of so many seconds. */
  readonly interval: readonly { readonly seconds: number; readonly queries: readonly string[] }[];
}

/** The schedule looks at interval decorators once a minute, so that their intervals are whole minutes. */
const minute = 60;

/** Reads the key `decorators` of a source or a pack; what is of no use in it is a warning. */
export function readDecorators(
  document: Document,
  node: Node,
): { readonly decorators: DecoratorQueries | undefined; readonly faults: readonly ConfigFault[] } {
  const faults: ConfigFault[] = [];
  const warn = (at: Node, message: string): void => void faults.push(document.fault(at, 'warning', message));
  if (node.type !== 'object') {
    warn(node, `Invalid format for decorators configuration: decorators is ${kindOf(node)}; an object is expected.`);
    return { decorators: undefined, faults };
  }
  const members = membersOf(node);
  const queries = (key: string): readonly string[] => {
    const value = members.get(key)?.value;
    if (value !== undefined && value.type !== 'array')
      warn(value, `The decorators ${key} are ${kindOf(value)}; an array of queries is expected.`);
    return textsOf(value);
  };
  const interval = readIntervals(members.get('interval')?.value, warn);
  return { decorators: { load: queries('load'), always: queries('always'), interval }, faults };
}

/** Elements that are no texts are passed over. */
const textsOf = (node: Node | undefined): readonly string[] =>
  elementsOf(node)
    .map(readText)
    .filter(sql => sql !== '');

function readIntervals(
  node: Node | undefined,
  warn: (at: Node, message: string) => void,
): DecoratorQueries['interval'] {
  if (node === undefined) return [];
  if (node.type !== 'object') {
    warn(node, `Invalid decorator interval configuration: interval is ${kindOf(node)}; an object is expected.`);
    return [];
  }
  return [...membersOf(node)].flatMap(([name, { key, value }]) => {
    const seconds = /^\d+$/.test(name) ? Number(name) : 0;
    if (seconds === 0 || seconds % minute !== 0) {
      warn(key, `Invalid decorator interval rate ${name}: a multiple of ${minute} seconds is expected.`);
      return [];
    }
    if (value.type !== 'array') {
      warn(value, `Invalid decorator interval rate ${name} configuration: an array of queries is expected.`);
      return [];
    }
    return [{ seconds, queries: textsOf(value) }];
  });
}
