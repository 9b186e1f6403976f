import type { PluginDefinition } from '@outpost/sdk';
import { filesystemLogger } from './filesystem/logger.ts';
import { stdoutLogger } from './stdout.ts';

/**
 * The loggers of this package, as the agent loads them.
 * @param options the agent's flags as text: `logger_path`, `logger_mode`, `logger_rotate`, `logger_rotate_size`, `logger_rotate_max_files`, and `program`
 */
export const plugins = (options: Readonly<Record<string, unknown>>): readonly PluginDefinition[] => {
  const text = (name: string, otherwise: string): string => String(options[name] ?? otherwise);
  return [
    filesystemLogger({
      path: text('logger_path', '.'),
      program: text('program', 'outpostd'),
      mode: Number.parseInt(text('logger_mode', '0640'), 8),
    }),
    stdoutLogger(),
  ];
};
