import type { TableDocument as DocumentStruct } from '../generated/index.mjs';
import type { TableDocument } from '../version2.ts';
import type { Structs } from './message.ts';

/** The struct of a table's documentation. */
export const packDocument = (document: TableDocument, structs: Structs): DocumentStruct =>
  Object.assign(new structs.TableDocument(), {
    ...document,
    columns: document.columns.map(column => Object.assign(new structs.ColumnDocument(), column)),
  });

/** The documentation that came over the wire. */
export const unpackDocument = (struct: DocumentStruct): TableDocument => ({
  name: struct.name ?? '',
  description: struct.description ?? '',
  examples: struct.examples ?? [],
  platforms: struct.platforms ?? [],
  columns: (struct.columns ?? []).map(({ name, description }) => ({
    name: name ?? '',
    description: description ?? '',
  })),
  order: struct.order ?? [],
  exact: struct.exact ?? [],
  writable: struct.writable ?? false,
  pushed: struct.pushed ?? false,
});
