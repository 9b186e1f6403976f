import type { FlagClass } from './definition.ts';
import type { Program } from './program.ts';
import { sortedNames } from './store.ts';
import { type FlagName, flagTable } from './table/index.ts';

const groups: readonly (readonly [FlagClass, string])[] = [
  ['cli', 'command line flags:'],
  ['runtime', 'configuration options (set by config or CLI flags):'],
  ['shell', 'shell-only CLI flags:'],
];

const helpLine = (name: string, value: string, description: string, width: number): string =>
  `    --${`${name}${value === '' ? '' : ` ${value}`}`.padEnd(width)}  ${description}`;

const flagLine = (name: FlagName, width: number): string => {
  const { type, description } = flagTable[name];
  return helpLine(name, type === 'bool' ? '' : 'VALUE', description, width);
};

/** What `--help` prints: the flags by group, sorted by name. Only the shell lists its own. */
export const helpText = (program: Program, version: string): string => {
  const names = sortedNames();
  const width = Math.max(...names.map(name => name.length)) + 6;
  const operands = program.kind === 'shell' ? '[SQL STATEMENT]' : '';
  const lines = [
    `${program.name} ${version}, asks this machine questions in SQL`,
    `Usage: ${program.name} [OPTION]... ${operands}`.trimEnd(),
  ];
  for (const [flagClass, title] of groups) {
    if (flagClass === 'shell' && program.kind === 'daemon') continue;
    lines.push('', `${program.osquery ? 'osquery' : 'outpost'} ${title}`, '');
    if (flagClass === 'cli') {
      lines.push(helpLine('flagfile', 'PATH', 'Read flags from this file, one --name=value a line', width));
    }
    lines.push(...names.filter(name => flagTable[name].class === flagClass).map(name => flagLine(name, width)));
  }
  return `${lines.join('\n')}\n`;
};
