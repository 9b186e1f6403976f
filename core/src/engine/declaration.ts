import { columnOptions } from '@outpost/protocol';
import type { ColumnSchema, TableSchema } from '@outpost/sdk';

const collations: readonly (readonly [bit: number, name: string])[] = [
  [columnOptions.collateBinary, 'BINARY'],
  [columnOptions.collateNocase, 'NOCASE'],
  [columnOptions.collateRtrim, 'RTRIM'],
  [columnOptions.collateVersion, 'VERSION'],
  [columnOptions.collateVersionArch, 'VERSION_ARCH'],
  [columnOptions.collateVersionDpkg, 'VERSION_DPKG'],
  [columnOptions.collateVersionRhel, 'VERSION_RHEL'],
];

const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

const columnText = ({ name, type, options }: ColumnSchema): string => {
  const hidden = options & columnOptions.hidden ? ' HIDDEN' : '';
  const collation = collations.find(([bit]) => options & bit);
  return `${quoted(name)} ${type}${hidden}${collation === undefined ? '' : ` COLLATE ${collation[1]}`}`;
};

/** The aliases of columns, each with the position of its column. */
export const aliasesOf = (schema: TableSchema): (readonly [alias: string, target: number])[] =>
  schema.columns.flatMap(({ aliases }, target) => aliases.map(alias => [alias, target] as const));

const keyColumns = (schema: TableSchema): string[] => {
  const { columns } = schema;
  const keys = columns.filter(({ options }) => options & (columnOptions.index | columnOptions.additional));
  const indexed = keys.some(({ options }) => options & columnOptions.index);
  if (keys.length > 0 && !indexed)
    return [...columns.map(({ name }) => name), ...aliasesOf(schema).map(([alias]) => alias)];
  return keys.map(({ name }) => name);
};

const columnsText = (schema: TableSchema): string => {
  const aliases = aliasesOf(schema).map(([alias, target]) => `${quoted(alias)} ${schema.columns[target]?.type} HIDDEN`);
  return [...schema.columns.map(columnText), ...aliases].join(', ');
};

/**
 * The statement that declares a table, as osquery's `.schema` prints it (without the semicolon). Columns with INDEX or ADDITIONAL are the primary key;
 * where there are only ADDITIONAL ones, all columns are.
 */
export const declarationOf = (schema: TableSchema): string => {
  const keys = keyColumns(schema);
  const key = keys.length === 0 ? ')' : `, PRIMARY KEY (${keys.map(quoted).join(', ')})) WITHOUT ROWID`;
  return `CREATE TABLE ${schema.name}(${columnsText(schema)}${key}`;
};

/**
 * The statement that declares a table to SQLite. It has no key: rows of a generator may repeat it or have NULL in it, and SQLite would leave
 * rows out on the strength of a key that is unique and never NULL (`distinct`, `is null`, `a = 1 or b = 2`).
 */
export const keylessDeclarationOf = (schema: TableSchema): string =>
  `CREATE TABLE ${schema.name}(${columnsText(schema)})`;
