import { type ColumnType, type Platform, platforms, runningPlatform, type TableSchema } from '@outpost/sdk';
import described from './foreign-tables.json' with { type: 'json' };

interface Described {
  readonly platforms: readonly string[];
  readonly aliases?: readonly string[];
  /** Types by name. */
  readonly columns: Readonly<Record<string, string>>;
}

/** The tables that osquery has on macOS or Windows and not on Linux, as the schema of osquery 5.23 describes them. */
const foreign: Readonly<Record<string, Described>> = described;

const elsewhere = ({ platforms: known }: Described): readonly Platform[] =>
  known.includes(runningPlatform) ? [] : platforms.filter(platform => known.includes(platform));

/** The platforms that a table or alias exists on, when none of them is this one; else none. */
export const platformsOf = (name: string): readonly Platform[] => {
  const wanted = name.toLowerCase();
  for (const [table, about] of Object.entries(foreign))
    if (table === wanted || about.aliases?.includes(wanted)) return elsewhere(about);
  return [];
};

/** The schemas of all tables that this platform does not have, without their descriptions. */
export const foreignSchemas = (): TableSchema[] =>
  Object.entries(foreign).flatMap(([name, about]) => {
    const known = elsewhere(about);
    if (known.length === 0) return [];
    const columns = Object.entries(about.columns).map(([column, type]) => ({
      name: column,
      type: type as ColumnType,
      options: 0,
      description: '',
      aliases: [],
      foreign: false,
    }));
    const { aliases = [] } = about;
    return [
      { name, aliases, description: '', platforms: known, columns, attributes: 0, examples: [], order: [], exact: [] },
    ];
  });
