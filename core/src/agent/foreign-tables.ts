import type { CatalogTable } from '../engine/catalog.ts';
import type { Engine } from '../engine/engine.ts';
import type { FlagStore } from '../flags/index.ts';
import { tableEnabled } from './bundled.ts';

/**
 * `--enable_foreign`: has statements find tables of other platforms, with their columns and without rows. Called again when the flag changes.
 * A name that somebody has stays with them.
 */
export const settleForeignTables = async (engine: Engine, flags: FlagStore): Promise<void> => {
  const { catalog } = engine;
  const there = catalog.tables().filter(({ placement }) => placement.kind === 'empty');
  if (!flags.get('enable_foreign')) for (const { name } of there) catalog.remove(name);
  else if (there.length === 0) {
    const { foreignSchemas } = await import('../engine/foreign-tables.ts');
    const tables = foreignSchemas()
      .filter(({ name }) => tableEnabled(flags, name) && catalog.get(name) === undefined)
      .map((schema): CatalogTable => {
        const { name, aliases } = schema;
        return { name, aliases, placement: { kind: 'empty' }, schema };
      });
    if (flags.get('enable_foreign')) catalog.set(...tables);
  }
};
