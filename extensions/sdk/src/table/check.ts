import { tableAttributes } from '@outpost/protocol';
import { Faults } from '../definition.ts';
import { platforms } from '../platform.ts';
import { reservedWords } from './reserved.ts';
import { type Column, type ColumnOptions, collations, columnTypes } from './schema.ts';

/** The shape that is checked; looser than the spec, since a JavaScript author has no compiler. */
export interface UncheckedTable {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly description: string;
  readonly platforms?: readonly string[];
  readonly attributes?: object;
  readonly examples?: readonly string[];
  readonly columns: Readonly<Record<string, Column>>;
  readonly order?: readonly string[];
  readonly exact?: readonly string[];
  readonly generate: unknown;
  readonly insert?: unknown;
  readonly update?: unknown;
  readonly delete?: unknown;
}

const identifier = /^[a-z_][a-z0-9_]*$/;
const flags: readonly string[] = ['index', 'required', 'additional', 'optimized', 'hidden'];
const knownOptions = new Set([...flags, 'collate', 'aliases', 'platforms']);
const quote = (value: unknown): string => JSON.stringify(value) ?? String(value);

/** @throws OutpostError DEFINITION_INVALID with every fault of the definition. */
export function checkTable(spec: UncheckedTable): void {
  const faults = new Faults('table', spec.name);
  checkNames(faults, spec);
  faults.expect(isSentence(spec.description), 'the description is empty');
  checkPlatforms(faults, 'the table', spec.platforms);
  for (const name of Object.keys(spec.attributes ?? {}))
    faults.expect(name in tableAttributes, `unknown attribute ${quote(name)}`);
  for (const example of spec.examples ?? []) faults.expect(isSentence(example), 'an example is empty');
  checkColumns(faults, spec);
  checkReferences(faults, spec);
  checkFunctions(faults, spec);
  faults.raise();
}

const isSentence = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

function checkNames(faults: Faults, spec: UncheckedTable): void {
  const seen = new Set<string>();
  for (const name of [spec.name, ...(spec.aliases ?? [])]) {
    const legal = typeof name === 'string' && identifier.test(name);
    faults.expect(legal, `the name ${quote(name)} must be lower-case letters, digits and underscores`);
    faults.expect(!reservedWords.has(name), `the name ${quote(name)} is a reserved word of SQL`);
    faults.expect(!(legal && name.startsWith('sqlite_')), `the name ${quote(name)} begins with sqlite_`);
    faults.expect(!seen.has(name), `the name ${quote(name)} is given twice`);
    seen.add(name);
  }
}

function checkPlatforms(faults: Faults, what: string, named: readonly string[] | undefined): void {
  if (named === undefined) return;
  faults.expect(named.length > 0, `${what} names no platform`);
  const known: readonly string[] = platforms;
  for (const name of named)
    faults.expect(
      known.includes(name),
      `${what} names the unknown platform ${quote(name)} (known: ${known.join(', ')})`,
    );
}

function checkColumns(faults: Faults, spec: UncheckedTable): void {
  const columns = Object.entries(spec.columns ?? {});
  faults.expect(columns.length > 0, 'there are no columns');
  const seen = new Set<string>();
  for (const [name, column] of columns) {
    checkColumnName(faults, seen, name);
    checkColumn(faults, name, column);
  }
  for (const [, column] of columns)
    for (const alias of column?.options?.aliases ?? []) checkColumnName(faults, seen, alias);
}

function checkColumnName(faults: Faults, seen: Set<string>, name: string): void {
  const legal = typeof name === 'string' && identifier.test(name);
  faults.expect(legal, `the column name ${quote(name)} must be lower-case letters, digits and underscores`);
  faults.expect(name !== 'rowid' && name !== '_rowid_', `the column name ${quote(name)} is SQLite's own`);
  faults.expect(!seen.has(name), `the column name ${quote(name)} is given twice`);
  seen.add(name);
}

function checkColumn(faults: Faults, name: string, column: Column): void {
  const types: readonly unknown[] = columnTypes;
  if (!types.includes(column?.type)) {
    faults.expect(false, `the column ${name} has no known type (make it with text(), integer(), …)`);
    return;
  }
  faults.expect(isSentence(column.description), `the description of column ${name} is empty`);
  checkOptions(faults, name, column.options);
  checkPlatforms(faults, `the column ${name}`, column.options.platforms);
  faults.expect(
    column.options.collate === undefined || column.type === 'TEXT',
    `the column ${name} has a collation but is not TEXT`,
  );
}

function checkOptions(faults: Faults, name: string, options: ColumnOptions): void {
  for (const [key, value] of Object.entries(options)) {
    faults.expect(knownOptions.has(key), `the column ${name} has the unknown option ${quote(key)}`);
    if (flags.includes(key))
      faults.expect(
        typeof value === 'boolean' || value === undefined,
        `the option ${key} of column ${name} is not true or false`,
      );
  }
  const { collate } = options;
  faults.expect(
    collate === undefined || collate in collations,
    `the column ${name} has the unknown collation ${quote(collate)}`,
  );
}

function checkReferences(faults: Faults, spec: UncheckedTable): void {
  const columns = spec.columns ?? {};
  for (const list of ['order', 'exact'] as const) {
    const seen = new Set<string>();
    for (const name of spec[list] ?? []) {
      faults.expect(Object.hasOwn(columns, name), `${list} names the unknown column ${quote(name)}`);
      faults.expect(!seen.has(name), `${list} names the column ${quote(name)} twice`);
      seen.add(name);
    }
  }
}

function checkFunctions(faults: Faults, spec: UncheckedTable): void {
  faults.expect(typeof spec.generate === 'function', 'generate is missing');
  for (const name of ['insert', 'update', 'delete'] as const)
    faults.expect(spec[name] === undefined || typeof spec[name] === 'function', `${name} is not a function`);
}
