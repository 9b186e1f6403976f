import { metaNames } from '../meta/index.ts';
import type { Shell } from '../shell.ts';

/** The words of SQL that are worth completing. */
const keywords = [
  'select',
  'from',
  'where',
  'group by',
  'order by',
  'limit',
  'join',
  'using',
  'like',
  'having',
  'distinct',
];

/** What may stand at the end of a line: the candidates, and the word they replace. */
export type Completion = readonly [candidates: string[], word: string];

const starting = (candidates: Iterable<string>, word: string): string[] =>
  [...new Set(candidates)].filter(candidate => candidate.startsWith(word)).sort();

const columnsOf = async (shell: Shell, names: readonly string[]): Promise<string[]> => {
  const { catalog } = await shell.local();
  const schemas = await Promise.all(names.map(name => catalog.schema(name)));
  return schemas.flatMap(schema => schema?.columns.map(column => column.name) ?? []);
};

/**
 * Completes the last word of a line: meta commands, tables after FROM and JOIN, else the columns of the tables that the line names,
 * tables and words of SQL.
 */
export const complete = async (shell: Shell, line: string): Promise<Completion> => {
  if (/^\.\S*$/.test(line)) return [starting(metaNames(), line), line];
  const word = /\w*$/.exec(line)?.[0] ?? '';
  const before = line.slice(0, line.length - word.length);
  const { catalog } = await shell.local();
  const tables = catalog.names();
  if (/\b(?:from|join)\s+$/i.test(before) || /^\.(?:schema|tables|all)\s+$/.test(before)) {
    return [starting(tables, word), word];
  }
  if (word === '') return [[], word];
  const named = new Set(before.match(/\w+/g) ?? []);
  const columns = await columnsOf(
    shell,
    tables.filter(name => named.has(name)),
  );
  return [starting([...columns, ...tables, ...keywords], word), word];
};
