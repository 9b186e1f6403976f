import type { FlagStore } from '../flags/index.ts';
import { toBytes } from './bytes.ts';

/** The ways to print rows. `pretty` prints JSON when a flag asks for that. */
export type Mode = 'column' | 'csv' | 'line' | 'list' | 'pretty';

/** What the shell keeps between statements. Texts are byte strings. */
export interface Settings {
  mode: Mode;
  header: boolean;
  /** What separates values in list and CSV output: 19 bytes at most. */
  separator: string;
  /** What stands for NULL in all modes but pretty: 19 bytes at most. */
  nullvalue: string;
  /** Widths of columns in column mode; negative: right-aligned; 0: by the first row. */
  widths: readonly number[];
  echo: boolean;
  bail: boolean;
  timer: boolean;
  /** What the pretty mode prints, and what stands for NULL there. */
  readonly pretty: 'table' | 'json' | 'json_pretty';
  readonly prettyNullvalue: string;
}

/** As many bytes as the shell keeps of a separator or a text for NULL. */
export const shortText = (text: string): string => toBytes(text).slice(0, 19);

const startMode = (flags: FlagStore): Mode => {
  if (flags.get('list')) return 'list';
  if (flags.get('line')) return 'line';
  return flags.get('csv') ? 'csv' : 'pretty';
};

const prettyForm = (flags: FlagStore): Settings['pretty'] => {
  if (flags.get('json_pretty')) return 'json_pretty';
  return flags.get('json') ? 'json' : 'table';
};

/** The settings that the flags ask for. */
export const settingsOf = (flags: FlagStore): Settings => ({
  mode: startMode(flags),
  header: flags.get('header'),
  separator: shortText(flags.get('separator')),
  nullvalue: shortText(flags.get('nullvalue')),
  widths: [],
  echo: false,
  bail: false,
  timer: false,
  pretty: prettyForm(flags),
  prettyNullvalue: toBytes(flags.get('nullvalue')),
});
