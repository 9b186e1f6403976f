import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TableSchema } from '@outpost/sdk';
import { tables } from '@outpost/tables';
import { idleState } from '../core/src/agent/state.ts';
import { stateTables } from '../core/src/agent/state-tables.ts';
import { Registry } from '../core/src/extensions/registry.ts';
import { parseFlags, programOf } from '../core/src/flags/index.ts';
import { schemaMarkdown } from '../core/src/toolbox/schema.ts';

const folder = new URL('../docs/tables/', import.meta.url);

/** Where a definition stands, and what its tables have in common. */
const groups = [
  ['common', 'Systems of every kind'],
  ['posix', 'Linux and macOS'],
  ['linux', 'Linux'],
  ['agent', 'The agent itself'],
] as const;

/** The tables about the agent, of an agent that does nothing. */
const agentSchemas = (): TableSchema[] => {
  const parsed = parseFlags(['--flagfile='], programOf('outpostd', []));
  if (parsed.kind === 'exit') throw new Error(parsed.stderr);
  return stateTables(idleState(), parsed.flags, new Registry()).map(({ schema }) => schema);
};

/** Every table by its group. */
const schemasByGroup = async (): Promise<ReadonlyMap<string, readonly TableSchema[]>> => {
  const system = await Promise.all(
    tables.map(async ({ module, load }) => ({ group: module.split('/').at(-2), schema: (await load()).schema })),
  );
  const inGroup = (name: string): TableSchema[] =>
    name === 'agent' ? agentSchemas() : system.filter(({ group }) => group === name).map(({ schema }) => schema);
  return new Map(
    groups.map(([name]) => [name, inGroup(name).toSorted((one, other) => (one.name < other.name ? -1 : 1))]),
  );
};

const indexLine = ({ name, description }: TableSchema): string => `* [${name}](${name}.md): ${description}`;

const indexPage = (schemas: ReadonlyMap<string, readonly TableSchema[]>): string =>
  [
    '# Tables',
    '',
    'Made from the definitions in `extensions/tables/src/` and `core/src/tables/` by `node scripts/tables-pages.ts`. `outpost schema NAME` prints',
    'the same for one table, `outpost schema --json` for programs. A query must constrain one of the columns that are called required;',
    'hidden columns are left out of `select *`.',
    '',
    ...groups.flatMap(([name, title]) => [`## ${title}`, '', ...(schemas.get(name) ?? []).map(indexLine), '']),
  ].join('\n');

const tablePage = (schema: TableSchema): string => `${schemaMarkdown(schema, '#')}\n[All tables](README.md)\n`;

/** The pages of docs/tables by file name: one a table, and README.md, which lists them. */
export const tablesPages = async (): Promise<ReadonlyMap<string, string>> => {
  const schemas = await schemasByGroup();
  const pages = [...schemas.values()]
    .flat()
    .map((schema): [string, string] => [`${schema.name}.md`, tablePage(schema)]);
  return new Map([['README.md', indexPage(schemas)], ...pages]);
};

if (import.meta.main) {
  const pages = await tablesPages();
  mkdirSync(folder, { recursive: true });
  for (const name of globSync('*.md', { cwd: folder })) if (!pages.has(name)) rmSync(new URL(name, folder));
  for (const [name, text] of pages) writeFileSync(new URL(name, folder), text);
  console.log(`written: ${pages.size} pages in ${fileURLToPath(folder)}`);
}
