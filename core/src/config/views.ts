import { kindOf, membersOf, type Node } from './document.ts';
import type { ConfigFault } from './fault.ts';
import type { TablesContext } from './tables.ts';

/** A view of the key `views` before its SQL is looked at. */
export interface ViewDraft {
  readonly name: string;
  readonly sql: string;
  /** Makes a fault that points at the SQL. */
  readonly fault: (message: string) => ConfigFault;
}

/** Reads the key `views` of a source or a pack: names, and the SQL of each. */
export function readViews(node: Node, { document, report }: TablesContext): ViewDraft[] {
  if (node.type !== 'object') {
    report(document.fault(node, 'error', `The key views is ${kindOf(node)}; an object is expected.`));
    return [];
  }
  return [...membersOf(node)].flatMap(([name, { value }]) => {
    const fault = (message: string): ConfigFault => document.fault(value, 'error', message);
    if (value.type === 'string' && value.value.trim() !== '') return [{ name, sql: value.value, fault }];
    const found = value.type === 'string' ? 'empty' : kindOf(value);
    report(fault(`The view ${name} is ${found}; the SQL of a query is expected.`));
    return [];
  });
}
