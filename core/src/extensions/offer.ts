import type { ExtensionRegistry, RegistryUpdate, TableDocument } from '@outpost/protocol';
import { type Platform, platforms, schemaFromRoutes, type TableSchema } from '@outpost/sdk';
import type { Offer } from './known-extension.ts';

const isPlatform = (name: string): name is Platform => (platforms as readonly string[]).includes(name);

/** The schema of a table that version 2 documents; what the document says of columns that there are not does not count. */
const documented = (schema: TableSchema, document: TableDocument): TableSchema => {
  const descriptions = new Map(document.columns.map(({ name, description }) => [name, description]));
  const isColumn = (name: string): boolean => schema.columns.some(column => column.name === name);
  const known = document.platforms.filter(isPlatform);
  return {
    ...schema,
    description: document.description,
    examples: document.examples,
    ...(known.length > 0 && { platforms: known }),
    columns: schema.columns.map(column => ({ ...column, description: descriptions.get(column.name) ?? '' })),
    order: document.order.every(isColumn) ? document.order : [],
    exact: document.exact.filter(isColumn),
  };
};

/** What an extension offers that registers with version 1. */
export const offerOf = (registry: ExtensionRegistry): Offer => ({
  registry,
  tables: Object.entries(registry.table ?? {}).map(([name, routes]) => schemaFromRoutes(name, routes)),
});

/** What an extension offers that opens a lease. */
export const documentedOffer = (registry: ExtensionRegistry, documents: readonly TableDocument[]): Offer => {
  const byName = new Map(documents.map(document => [document.name, document]));
  const tables = offerOf(registry).tables.map(schema => {
    const document = byName.get(schema.name);
    return document === undefined ? schema : documented(schema, document);
  });
  return { registry, tables, writable: documents.filter(({ writable }) => writable).map(({ name }) => name) };
};

/** What an extension offers after a change: what is removed goes first, and what is added takes the place of what has its name. */
export const changedOffer = (offer: Offer, { add, tables, remove }: RegistryUpdate): Offer => {
  const registry: Record<string, Record<string, ExtensionRegistry[string][string]>> = {};
  for (const [name, items] of Object.entries(offer.registry)) {
    const gone = new Set(remove[name] ?? []);
    registry[name] = Object.fromEntries(Object.entries(items).filter(([item]) => !gone.has(item)));
  }
  for (const [name, items] of Object.entries(add)) registry[name] = { ...registry[name], ...items };
  const added = documentedOffer(add, tables);
  const addedNames = new Set(added.tables.map(({ name }) => name));
  const kept = offer.tables.filter(({ name }) => registry.table?.[name] !== undefined && !addedNames.has(name));
  const keptNames = new Set(kept.map(({ name }) => name));
  const writable = [...(offer.writable ?? []).filter(name => keptNames.has(name)), ...(added.writable ?? [])];
  const filled = Object.entries(registry).filter(([, items]) => Object.keys(items).length > 0);
  return { registry: Object.fromEntries(filled), tables: [...kept, ...added.tables], writable };
};
