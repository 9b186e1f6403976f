import { platformApplies } from './applies.ts';
import { elementsOf, kindOf, type Member, membersOf, type Node } from './document.ts';
import type { ConfigFault } from './fault.ts';
import { readText } from './scalars.ts';
import type { TablesContext } from './tables.ts';

/** A table of the key `auto_table_construction`, for this machine. */
export interface AutomaticDraft {
  readonly name: string;
  readonly query: string;
  readonly path: string;
  /** Without those that differ from another in the case of letters only. */
  readonly columns: readonly string[];
  /** Makes a fault that points at the name. */
  readonly fault: (message: string) => ConfigFault;
}

/** Names that a table can have: they stand in statements without quotes. */
const tableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const reservedColumn = 'path';

/** Reads the key `auto_table_construction` of a source or a pack. */
export function readAutomaticTables(node: Node, context: TablesContext): AutomaticDraft[] {
  const { document, report } = context;
  if (node.type === 'object')
    return [...membersOf(node)].flatMap(([name, member]) => readTable(name, member, context) ?? []);
  report(document.fault(node, 'error', `The key auto_table_construction is ${kindOf(node)}; an object is expected.`));
  return [];
}

function readTable(name: string, { key, value }: Member, context: TablesContext): AutomaticDraft | undefined {
  const { document, host, report } = context;
  const skip = (at: Node, reason: string): undefined =>
    void report(document.fault(at, 'error', `ATC Table: Skipping ${name} because ${reason}`));
  if (value.type !== 'object') return skip(value, `it is ${kindOf(value)}; an object is expected`);
  if (!tableName.test(name)) return skip(key, 'its name is not made of letters, digits and underscores');
  const members = membersOf(value);
  const query = readText(members.get('query')?.value);
  const path = readText(members.get('path')?.value);
  if (query === '' || path === '') return skip(value, 'it is misconfigured (missing query or path)');
  const listed = members.get('columns')?.value;
  if (listed?.type !== 'array') return skip(listed ?? value, 'it is misconfigured (no columns)');
  if (!platformApplies(readText(members.get('platform')?.value), host)) return undefined;
  const fault = (message: string): ConfigFault => document.fault(key, 'error', message);
  return { name, query, path, columns: readColumns(name, listed, context), fault };
}

function readColumns(table: string, listed: Node, { document, report }: TablesContext): string[] {
  const columns = new Map<string, string>();
  const warn = (at: Node, message: string): void =>
    report(document.fault(at, 'warning', `ATC Table: ${table} is misconfigured. ${message}`));
  for (const element of elementsOf(listed)) {
    const name = readText(element);
    const folded = name.toLowerCase();
    if (name === '') warn(element, `A column is ${kindOf(element)}; its name is expected.`);
    else if (columns.has(folded)) warn(element, `The column ${name} is listed twice.`);
    else columns.set(folded, name);
    if (folded === reservedColumn)
      warn(
        element,
        `The configuration includes \`${name}\`. This is a reserved column name; it takes the place of the file's path.`,
      );
  }
  return [...columns.values()];
}
