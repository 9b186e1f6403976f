import { cli, hidden, runtime } from '../definition.ts';
import { logPath } from '../paths.ts';

const fileMode = (text: string): string | undefined => {
  if (text.length > 5 || !/^[0-7]+$/.test(text)) return 'It takes an octal file mode, such as 0640';
  const mode = Number.parseInt(text, 8);
  return mode > 0 && mode <= 0o7777 ? undefined : 'It takes an octal file mode from 1 to 07777';
};

/** Flags of the logs: results, snapshots, status. */
export const loggerFlags = {
  disable_decorators: runtime('bool', 'false', 'Attach no decorations to log lines'),
  decorations_top_level: runtime(
    'bool',
    'false',
    'Put decorations beside the other members of a line, and not into one of their own',
  ),
  disable_logging: runtime('bool', 'false', 'Use no logger plugin; status lines go to stderr only', {
    effect: 'start',
  }),
  logger_budget: cli('uint64', '268435456', 'Bytes of log lines that wait for loggers at the most; then the oldest go'),
  logger_event_type: runtime('bool', 'true', 'Log a line for each row that changed, and not one for each query'),
  logger_min_status: runtime('int32', '0', 'Least severity that is recorded: 0 info, 1 warning, 2 error'),
  logger_min_stderr: runtime('int32', '0', 'Least severity that reaches stderr'),
  logger_mode: cli('string', '0640', 'Octal mode of log files', { check: fileMode }),
  logger_numerics: runtime('bool', 'false', 'Log numbers as numbers, and not as text'),
  logger_path: runtime('string', logPath, 'Directory of the log files', { effect: 'start' }),
  logger_plugin: cli('string', 'filesystem', 'Comma-separated logger plugins'),
  logger_rotate: runtime('bool', 'false', 'Move full result and snapshot logs of the filesystem plugin aside', {
    effect: 'start',
  }),
  logger_rotate_max_files: runtime('uint64', '25', 'How many files that were moved aside are kept, at least 1', {
    effect: 'start',
    check: text => (Number(text) >= 1 ? undefined : 'At least 1 file must be kept'),
  }),
  logger_rotate_size: runtime('uint64', '26214400', 'Bytes at which a log is full', { effect: 'start' }),
  logger_sequence: runtime(
    'bool',
    program => String(!program.osquery),
    'End each result line with its sequence number, which shows what is missing or repeated',
  ),
  logger_snapshot_event_type: runtime('bool', 'false', 'Log a line for each row of a snapshot'),
  logger_status_sync: hidden('bool', 'false', 'Take each status line to the loggers by itself, and not with others'),
  logger_syslog_facility: runtime('int32', '19', 'Facility of the syslog plugin, 0 to 23', { effect: 'start' }),
  logger_syslog_prepend_cee: runtime('bool', 'false', 'Begin the results of the syslog plugin with @cee:', {
    effect: 'start',
  }),
  logger_stderr: cli('bool', 'true', 'Copy status lines to stderr'),
};
