import type { PluginDefinition } from '@outpost/sdk';
import { filesystemLogger } from './filesystem/logger.ts';
import { stdoutLogger } from './stdout.ts';
import { syslogLogger } from './syslog/logger.ts';

/** osquery's defaults of `--logger_rotate_size`, in bytes, and `--logger_rotate_max_files`. */
const defaultRotation = { bytes: 26_214_400, files: 25 };

/**
 * The loggers of this package, as the agent loads them.
 * @param options the agent's flags as text: `logger_path`, `logger_mode`, `logger_rotate`, `logger_rotate_size`,
 *   `logger_rotate_max_files`, `logger_syslog_facility`, `logger_syslog_prepend_cee` and `program`; read when a logger is introduced to the agent, which is after the configuration
 */
export const plugins = (options: Readonly<Record<string, unknown>>): readonly PluginDefinition[] => {
  const text = (name: string, otherwise: string): string => String(options[name] ?? otherwise);
  const count = (name: string, otherwise: number): number => Number(options[name] ?? otherwise);
  return [
    filesystemLogger(() => ({
      path: text('logger_path', '.'),
      program: text('program', 'outpostd'),
      mode: Number.parseInt(text('logger_mode', '0640'), 8),
      rotation: text('logger_rotate', 'false') === 'true' && {
        bytes: count('logger_rotate_size', defaultRotation.bytes),
        files: count('logger_rotate_max_files', defaultRotation.files),
      },
    })),
    stdoutLogger(),
    syslogLogger(() => ({
      facility: count('logger_syslog_facility', 19),
      cee: text('logger_syslog_prepend_cee', 'false') === 'true',
    })),
  ];
};
