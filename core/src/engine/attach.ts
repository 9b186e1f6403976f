/** All that a connection needs for tables. It is loaded when a statement first names one: a statement without tables is answered sooner. */
import type { TableDefinition, TableSchema } from '@outpost/sdk';
import type { CatalogTable } from './catalog.ts';
import type { ConnectionOptions } from './connection.ts';
import type { NativeSchema } from './native.ts';
import { nativeSchema } from './schema.ts';
import { ExtensionSource } from './sources/extension.ts';
import { GeneratorSource } from './sources/generator.ts';
import { LeasedExtensionSource } from './sources/leased-extension.ts';
import { RemoteSource } from './sources/remote.ts';
import { CachedSource, type Caches } from './sources/row-cache-source.ts';
import type { Sessions } from './sources/sessions.ts';
import type { Source } from './sources/source.ts';
import { isWritable } from './writable.ts';

export { definitionOf } from './definitions.ts';

/** A table that a statement may read. */
export interface Attached {
  readonly native: NativeSchema;
  /** Where its rows come from; a connection that only prepares has none. */
  readonly source: Source | undefined;
}

/**
 * Makes a table known to a connection.
 * @param number what SQLite calls it by
 * @param definition as {@link definitionOf} gives it
 */
export const attach = (
  number: number,
  table: CatalogTable,
  schema: TableSchema,
  definition: TableDefinition | undefined,
  options: ConnectionOptions,
  caches: Caches,
): Attached => {
  const { placement } = table;
  const extension = placement.kind === 'extension' && placement.lease === undefined;
  const writable =
    extension ||
    (placement.kind === 'extension' && placement.lease?.writable.includes(schema.name) === true) ||
    (placement.kind === 'main' && placement.writable) ||
    (definition !== undefined && isWritable(definition));
  const native = nativeSchema(number, schema, { extension, writable, defaultIndex: options.settings.defaultIndex });
  const source = sourceOf(table, schema, definition, options, caches.sessions);
  return { native, source: source && new CachedSource(source, native, schema, caches) };
};

const warnOfTypes = ({ name, columns }: TableSchema, warn: ConnectionOptions['warn']): void => {
  for (const column of columns)
    if (column.type === 'UNKNOWN')
      warn(name, `The column ${column.name} was announced with a type that does not exist; all its values are NULL.`);
};

const sourceOf = (
  { placement, name }: CatalogTable,
  schema: TableSchema,
  definition: TableDefinition | undefined,
  { exchanges, settings, warn, onHostNeeded }: ConnectionOptions,
  sessions: Sessions,
): Source | undefined => {
  if (exchanges === undefined) return undefined;
  if (placement.kind === 'extension') {
    warnOfTypes(schema, warn);
    const { thriftTimeoutMs, defaultIndex } = settings;
    if (placement.lease === undefined) return new ExtensionSource(schema, placement, thriftTimeoutMs, defaultIndex);
    const leased = { ...placement, lease: placement.lease };
    return new LeasedExtensionSource(schema, leased, thriftTimeoutMs, sessions, message => warn(name, message));
  }
  if (placement.kind === 'main') return new RemoteSource(exchanges.main, schema);
  if (definition === undefined) return undefined;
  if (!definition.asynchronous) {
    const told = placement.kind === 'module' ? placement.settings : undefined;
    return new GeneratorSource(definition, message => warn(name, message), told);
  }
  onHostNeeded?.();
  return new RemoteSource(exchanges.host, schema, placement.kind === 'module' ? placement : undefined);
};
