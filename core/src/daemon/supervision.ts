import { findExtensions } from '../extensions/autoload.ts';
import { checkProgram } from '../extensions/program.ts';
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

/** Starts the extensions that the flags name and keeps them running. @returns undefined when there are none */
export const superviseExtensions = (flags: FlagStore, say: SayAbout): Supervisor | undefined => {
  if (flags.get('disable_extensions')) return undefined;
  const safety = { allowUnsafe: flags.get('allow_unsafe') };
  const found = findExtensions({
    ...safety,
    autoloadFile: flags.get('extensions_autoload'),
    extension: flags.get('extension'),
  });
  if (flags.get('verbose')) for (const note of found.notes) say(0, 'extensions', note);
  if (found.message !== undefined) say(1, 'extensions', found.message);
  if (found.programs.length === 0) return undefined;
  const supervisor = new Supervisor(found.programs, {
    socket: flags.get('extensions_socket'),
    timeoutSeconds: Number(flags.get('extensions_timeout')),
    intervalSeconds: Number(flags.get('extensions_interval')),
    verbose: flags.get('verbose'),
    onLine: (extension, _stream, line) => say(0, `extension ${extension}`, line),
    onEvent: event => {
      const [severity, message] = textOf(event);
      say(severity, `extension ${event.extension}`, message);
    },
    verify: program => {
      const faults = checkProgram(program.path, safety);
      return faults.length === 0
        ? undefined
        : faults.map(({ fault, repair }) => `${fault}. Repair: ${repair}`).join('; ');
    },
  });
  supervisor.start();
  return supervisor;
};
