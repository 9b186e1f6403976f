import { agentVersion } from '../../flags/index.ts';
import { fromBytes } from '../bytes.ts';
import type { Shell } from '../shell.ts';

/** A text as C writes it, for settings that hold white space or nothing. */
const quoted = (bytes: string): string =>
  `"${bytes.replace(/["\\\n\t\r]/g, character => ({ '\n': '\\n', '\t': '\\t', '\r': '\\r' })[character] ?? `\\${character}`)}"`;

const onOff = (value: boolean): string => (value ? 'on' : 'off');

const labelled = (entries: readonly (readonly [string, string])[]): string =>
  entries.map(([label, value]) => `${label.padStart(13)}: ${value}\n`).join('');

/** The version of SQLite that this process holds. */
const sqliteVersion = async (shell: Shell): Promise<string> => {
  const local = await shell.local();
  const { rows } = await local.query('select sqlite_version()', new AbortController().signal);
  return rows[0]?.[0] ?? '';
};

/** What `.version` prints. */
export const versionLines = async (shell: Shell): Promise<string> =>
  `outpost ${agentVersion}\nusing SQLite ${await sqliteVersion(shell)}\n`;

const withPath = (plugin: string, path: string): string =>
  plugin.split(',').includes('filesystem') ? `${plugin} (${path})` : plugin;

const generalSettings = async (shell: Shell): Promise<string> => {
  const { flags } = shell;
  const local = await shell.local();
  const remote = shell.remote === undefined ? '' : ` (connected to ${shell.remote.socketPath})`;
  return labelled([
    ['Flagfile', flags.flagfile],
    ['Config', withPath(flags.get('config_plugin'), flags.get('config_path'))],
    ['Logger', withPath(flags.get('logger_plugin'), flags.get('logger_path'))],
    ['Distributed', flags.get('distributed_plugin')],
    ['Database', flags.get('disable_database') ? 'ephemeral' : `leveldb (${flags.get('database_path')})`],
    ['Extensions', local.extensionNames().join(', ')],
    ['Socket', flags.get('extensions_socket') + remote],
  ]);
};

const shellSettings = (shell: Shell): string => {
  const { settings, flags } = shell;
  return labelled([
    ['echo', onOff(settings.echo)],
    ['headers', onOff(settings.header)],
    ['mode', settings.mode],
    ['nullvalue', quoted(fromBytes(settings.nullvalue))],
    ['output', flags.get('output') === '' ? 'stdout' : flags.get('output')],
    ['separator', quoted(fromBytes(settings.separator))],
    ['width', settings.widths.join(' ')],
  ]);
};

/** What `.show` and `.summary` print. */
export const summary = async (shell: Shell): Promise<string> => {
  const title = `${shell.flags.program.name}: this machine, asked in SQL`;
  const changed = shell.flags.rows().filter(row => row.value !== row.default_value);
  return [
    `${shell.bold(title)}\n${'~'.repeat(title.length)}\n`,
    await versionLines(shell),
    `\nGeneral settings:\n${await generalSettings(shell)}`,
    `\nShell settings:\n${shellSettings(shell)}`,
    `\nNon-default flags/options:\n${changed.map(row => `  ${row.name}: ${row.value}\n`).join('')}`,
  ].join('');
};
