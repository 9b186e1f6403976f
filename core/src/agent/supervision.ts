import { type AutoloadOptions, findExtensions } from '../extensions/autoload.ts';
import { checkProgram, type ExtensionProgram, type SafetyOptions } from '../extensions/program.ts';
import { Supervisor, type SupervisorEvent } from '../extensions/supervisor.ts';
import type { FlagStore } from '../flags/index.ts';

/** Takes what is to be said about extensions: severity 0 INFO, 1 WARNING, 2 ERROR. */
export type SayAbout = (severity: 0 | 1 | 2, source: string, message: string) => void;

const textOf = (event: SupervisorEvent): readonly [severity: 0 | 1, message: string] => {
  const again =
    'restartMs' in event && event.restartMs !== undefined ? ` It is started again in ${event.restartMs / 1000} s.` : '';
  switch (event.type) {
    case 'started':
      return [0, `The process ${event.pid} has started.`];
    case 'exited': {
      const how = event.signal === null ? `ended with exit code ${event.code}` : `was ended by ${event.signal}`;
      return [
        again === '' ? 0 : 1,
        `The process ${event.pid} ${how} after ${(event.livedMs / 1000).toFixed(1)} s.${again}`,
      ];
    }
    case 'failed':
      return [1, `${event.message}${again}`];
  }
};

/** Where the flags of a daemon name extensions. */
const namedByFlags = (flags: FlagStore): AutoloadOptions => ({
  allowUnsafe: flags.get('allow_unsafe'),
  autoloadFile: flags.get('extensions_autoload'),
  extension: flags.get('extension'),
});

/**
 * Starts the extensions that the flags name and keeps them running.
 * @param sources where they are named, and what may be started from there
 * @returns undefined when there are none
 */
export const superviseExtensions = (
  flags: FlagStore,
  say: SayAbout,
  sources: readonly AutoloadOptions[] = [namedByFlags(flags)],
): Supervisor | undefined => {
  if (flags.get('disable_extensions')) return undefined;
  const safety = new Map<ExtensionProgram, SafetyOptions>();
  for (const source of sources) {
    const found = findExtensions(source);
    if (flags.get('verbose')) for (const note of found.notes) say(0, 'extensions', note);
    if (found.message !== undefined) say(1, 'extensions', found.message);
    const known = new Set([...safety.keys()].map(({ path }) => path));
    for (const program of found.programs) if (!known.has(program.path)) safety.set(program, source);
  }
  if (safety.size === 0) return undefined;
  const supervisor = new Supervisor([...safety.keys()], {
    socket: flags.get('extensions_socket'),
    timeoutSeconds: Number(flags.get('extensions_timeout')),
    intervalSeconds: Number(flags.get('extensions_interval')),
    verbose: flags.get('verbose'),
    onLine: (extension, _stream, line) => say(0, `extension ${extension}`, line),
    onEvent: event => {
      const [severity, message] = textOf(event);
      say(severity, `extension ${event.extension}`, message);
    },
    verify: program => unsafeReason(program, safety.get(program) ?? namedByFlags(flags)),
  });
  supervisor.start();
  return supervisor;
};

/** Why a program must not be started, if it must not. */
const unsafeReason = ({ path }: ExtensionProgram, safety: SafetyOptions): string | undefined => {
  const faults = checkProgram(path, safety);
  return faults.length === 0 ? undefined : faults.map(({ fault, repair }) => `${fault}. Repair: ${repair}`).join('; ');
};
