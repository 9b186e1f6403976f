import { columnOptions } from '@outpost/protocol';
import type { TableSchema } from '@outpost/sdk';

type Column = TableSchema['columns'][number];

const collations: readonly (readonly [number, string])[] = [
  [columnOptions.collateBinary, 'BINARY'],
  [columnOptions.collateNocase, 'NOCASE'],
  [columnOptions.collateRtrim, 'RTRIM'],
  [columnOptions.collateVersion, 'VERSION'],
  [columnOptions.collateVersionArch, 'VERSION_ARCH'],
  [columnOptions.collateVersionDpkg, 'VERSION_DPKG'],
  [columnOptions.collateVersionRhel, 'VERSION_RHEL'],
];

const has = (column: Column, option: number): boolean => (column.options & option) !== 0;

const declaration = (column: Column): string => {
  const collation = collations.find(([option]) => has(column, option));
  const hidden = column.foreign || has(column, columnOptions.hidden) ? ' HIDDEN' : '';
  return `\`${column.name}\` ${column.type}${hidden}${collation === undefined ? '' : ` COLLATE ${collation[1]}`}`;
};

/** The columns of the primary key: those with an index or that take additional constraints; of the latter alone, all columns. */
const keyColumns = (schema: TableSchema, aliases: readonly string[]): readonly string[] => {
  const keys = schema.columns.filter(column => has(column, columnOptions.index | columnOptions.additional));
  if (keys.length === 0) return [];
  const indexed = keys.some(column => has(column, columnOptions.index));
  return indexed ? keys.map(column => column.name) : [...schema.columns.map(column => column.name), ...aliases];
};

/** The statement that `.schema` prints for a table, as osquery declares it to SQLite. */
export const createStatement = (schema: TableSchema): string => {
  const aliases = schema.columns.flatMap(column => column.aliases.map(name => ({ name, type: column.type })));
  const keys = keyColumns(
    schema,
    aliases.map(({ name }) => name),
  );
  const parts = [
    ...schema.columns.map(declaration),
    ...aliases.map(({ name, type }) => `\`${name}\` ${type} HIDDEN`),
    ...(keys.length === 0 ? [] : [`PRIMARY KEY (${keys.map(name => `\`${name}\``).join(', ')})`]),
  ];
  return `CREATE TABLE ${schema.name}(${parts.join(', ')})${keys.length === 0 ? '' : ' WITHOUT ROWID'};`;
};
