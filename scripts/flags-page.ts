import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FlagClass, FlagDefinition } from '../core/src/flags/definition.ts';
import { programOf } from '../core/src/flags/program.ts';
import { flagTable } from '../core/src/flags/table/index.ts';

const page = new URL('../docs/flags.md', import.meta.url);

const classes: Readonly<Record<FlagClass, string>> = {
  cli: 'on the command line and in the flag file',
  runtime: 'there, and in `options` of the configuration',
  shell: 'on the command line of the shell',
  hidden: 'as the second group; `--help` does not list them',
};

const program = programOf('outpostd', []);
const defaultOf = ({ default: given }: FlagDefinition): string => {
  const text = typeof given === 'function' ? given(program) : given;
  return text === '' ? '' : `\`${text}\``;
};

const row = (name: string, flag: FlagDefinition): string =>
  `| \`${name}\` | ${flag.type} | ${defaultOf(flag)} | ${flag.effect === 'live' ? 'at once' : 'at the next start'} | ${flag.description.replaceAll('|', '\\|')}. |`;

/** The text of docs/flags.md, from the table of flags. */
export const flagsPage = (): string => {
  const flags: [string, FlagDefinition][] = Object.entries(flagTable).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const group = (name: FlagClass): string[] => [
    `## Set ${classes[name]}`,
    '',
    '| flag | type | default of outpostd | a change counts | |',
    '| --- | --- | --- | --- | --- |',
    ...flags.filter(([, flag]) => flag.class === name).map(([flag, definition]) => row(flag, definition)),
    '',
  ];
  return [
    '# Flags',
    '',
    'Made from the table in `core/src/flags/table/` by `node scripts/flags-page.ts`. Under the name of osquery (`osqueryd`, `osqueryi`) paths',
    'have its defaults. `--NAME` and `--noNAME` set a bool; `--flagfile=PATH` reads flags from a file, one `--NAME=VALUE` a line.',
    'Other flags of osquery are known and have no effect yet; an unknown flag is an error that names the nearest one.',
    '',
    ...(['cli', 'runtime', 'shell', 'hidden'] as const).flatMap(group),
  ].join('\n');
};

if (import.meta.main) {
  writeFileSync(page, flagsPage());
  console.log(`written: ${fileURLToPath(page)}`);
}
