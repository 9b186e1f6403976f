import { cli, hidden, runtime } from '../definition.ts';
import { databasePath, pidfilePath } from '../paths.ts';

const alarmSeconds = (text: string): string | undefined =>
  Number(text) < 10 ? 'The alarm timeout must be at least 10 seconds' : undefined;

/** Flags of the process itself: identity, files, life. */
export const agentFlags = {
  S: cli('bool', 'false', 'Run as the shell, whatever the program is called'),
  D: cli('bool', 'false', 'Run as the daemon, whatever the program is called'),
  alarm_timeout: cli('uint64', '15', 'Seconds that stopping may take before the process is ended, at least 10', {
    check: alarmSeconds,
  }),
  allow_unsafe: hidden('bool', 'false', 'Load extensions in spite of the owner and mode of their files'),
  augeas_lenses: runtime(
    'string',
    '/opt/osquery/share/osquery/lenses',
    'Directory of lenses for the table augeas, beside those of libaugeas',
  ),
  daemonize: cli('bool', 'false', 'Start in the background, at the root of the file system, and return'),
  database_dump: cli('bool', 'false', 'Print what is in the database and end'),
  database_path: cli('string', databasePath, 'Directory of the database'),
  disable_database: runtime('bool', 'false', 'Keep the database in memory', { effect: 'start' }),
  // Nothing reads it before there are sources of events; it is declared since osquery's shell shows it in osquery_flags.
  disable_events: runtime('bool', program => String(program.kind === 'shell'), 'Start no sources of events', {
    effect: 'start',
  }),
  disable_tables: cli('string', '', 'Comma-separated tables that queries cannot use; wins over enable_tables'),
  enable_foreign: runtime('bool', 'false', 'Have tables of other platforms, without rows'),
  enable_tables: cli('string', '', 'Comma-separated tables, the only ones that queries can use'),
  ephemeral: runtime('bool', 'false', 'Keep no pid file, and the database in memory', { effect: 'start' }),
  force: cli('bool', 'false', 'Kill the agent that holds the pid file'),
  host_identifier: runtime(
    'string',
    'hostname',
    'What names this host: hostname, uuid, instance, ephemeral or specified',
  ),
  nullvalue: runtime('string', '', 'Text that stands for NULL where values become text'),
  pidfile: cli('string', pidfilePath, 'File that holds the pid of the daemon'),
  regex_max_size: hidden('uint32', '256', 'Longest pattern of regex_match and regex_split, bytes', { effect: 'start' }),
  specified_identifier: runtime('string', '', 'Name of this host when host_identifier is specified'),
  verbose: runtime('bool', 'false', 'Say more in the status log, and all of it on stderr'),
};
