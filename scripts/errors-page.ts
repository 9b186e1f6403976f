import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorTable } from '@outpost/protocol';

const page = new URL('../docs/errors.md', import.meta.url);

const sources = {
  user: 'the input: a statement, a flag, a configuration',
  plugin: 'a plugin or extension',
  host: 'the machine: a file, a permission, a full disk',
  downstream: 'something the agent ships to or fetches from',
};

const row = (code: string, source: string, message: string, remedy: string): string =>
  `| \`${code}\` | ${source} | ${message.replaceAll('|', '\\|')} | ${remedy.replaceAll('|', '\\|')} |`;

/** The text of docs/errors.md, from the table of errors. */
export const errorsPage = (): string =>
  `${[
    '# Errors',
    '',
    'Made from the table in `protocol/src/errors.ts` by `node scripts/errors-page.ts`. A word in braces is filled in where the error happens.',
    '',
    ...Object.entries(sources).map(([source, meaning]) => `* source **${source}**: ${meaning}`),
    '',
    '| code | source | what it says | what to do |',
    '| --- | --- | --- | --- |',
    ...Object.entries(errorTable)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, entry]) => row(code, entry.source, entry.message, entry.remedy)),
  ].join('\n')}\n`;

if (import.meta.main) {
  writeFileSync(page, errorsPage());
  console.log(`written: ${fileURLToPath(page)}`);
}
