import { resolve } from 'node:path';
import { inspectProgram, type ProgramCheck } from '../extensions/program.ts';

const headings = ['', 'path', 'check', 'found', 'wanted'] as const;

const cells = ({ passed, path, what, found, wanted }: ProgramCheck): readonly string[] => [
  passed ? 'ok' : 'NO',
  path,
  what,
  found,
  wanted,
];

/** Rows of text in columns, without blanks at the end of a line. */
const columns = (rows: readonly (readonly string[])[]): string => {
  const widths = headings.map((_, index) => Math.max(...rows.map(row => (row[index] ?? '').length)));
  return rows
    .map(row =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/**
 * `outpost doctor extension PATH`: prints everything that is looked at before the agent starts an extension, what was found, what is
 * wanted, and the commands that mend what is not so.
 * @returns the exit code: 0 when the agent would start it
 */
export const examineExtension = (given: string): number => {
  const path = resolve(given);
  const checks = inspectProgram(path, { allowUnsafe: false });
  process.stdout.write(`${columns([headings, ...checks.map(cells)])}\n\n`);
  const failed = checks.filter(({ passed }) => !passed);
  const verdict =
    failed.length === 0
      ? `The agent of the user ${process.geteuid?.() ?? 0} starts ${path}.`
      : [`The agent does not start ${path}. Repair it with:`, ...failed.map(({ repair }) => `  ${repair}`)].join('\n');
  process.stdout.write(`${verdict}\n`);
  return failed.length === 0 ? 0 : 1;
};
