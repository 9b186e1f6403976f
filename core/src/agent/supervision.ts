import { type AutoloadOptions, findExtensions } from '../extensions/autoload.ts';
import { AutoloadWatch } from '../extensions/autoload-watch.ts';
import { manifestPath } from '../extensions/manifest.ts';
import { killOrphans } from '../extensions/orphans.ts';
import { checkProgram, type ExtensionProgram, type SafetyOptions } from '../extensions/program.ts';
import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import { Supervisor, type SupervisorEvent, textOf } from '../extensions/supervisor.ts';
import type { FlagStore } from '../flags/index.ts';
import type { GuardOptions } from '../watchdog/guard.ts';

/** Takes what is to be said about extensions: severity 0 INFO, 1 WARNING, 2 ERROR. */
export type SayAbout = (severity: 0 | 1 | 2, source: string, message: string) => void;

const severityOf = (event: SupervisorEvent): 0 | 1 =>
  event.type === 'started' || (event.type === 'exited' && event.restartMs === undefined) ? 0 : 1;

/** Where the flags of a daemon name extensions. */
export const namedByFlags = (flags: FlagStore): AutoloadOptions => ({
  allowUnsafe: flags.get('allow_unsafe'),
  autoloadFile: flags.get('extensions_autoload'),
  extension: flags.get('extension'),
});

/** Runs a function soon, once for all calls until then. */
const once = (run: () => void): (() => void) => {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    setImmediate(() => {
      due = false;
      run();
    });
  };
};

/** What keeps the extensions of a process running. */
export interface ExtensionSupervision {
  /** How many there were at the start. */
  readonly count: number;
  /** Ends all of them. @param stopMs how long each has for that, milliseconds */
  stop(stopMs?: number): Promise<void>;
}

/** The programs that sources name, each with the limits of the source that named it first. */
class NamedPrograms {
  readonly safety = new Map<ExtensionProgram, SafetyOptions>();
  readonly folders: string[] = [];
  #message = '';

  /** Looks at the sources again, and says what is wrong with them unless it has said so. */
  look(sources: readonly AutoloadOptions[], verbose: boolean, say: SayAbout): void {
    const messages: string[] = [];
    this.safety.clear();
    this.folders.length = 0;
    for (const source of sources) {
      const found = findExtensions(source);
      this.folders.push(...found.folders);
      if (verbose) for (const note of found.notes) say(0, 'extensions', note);
      if (found.message !== undefined) messages.push(found.message);
      const known = new Set([...this.safety.keys()].map(({ path }) => path));
      for (const program of found.programs) if (!known.has(program.path)) this.safety.set(program, source);
    }
    const message = messages.join('\n');
    if (message !== '' && message !== this.#message) say(1, 'extensions', message);
    this.#message = message;
  }
}

/** How the extensions of a process differ from those of another. */
export interface SupervisedOptions {
  /** Where they are named, and what may be started from there; what the flags of a daemon say, when left out. */
  readonly sources?: readonly AutoloadOptions[];
  /** What each is held to. */
  readonly limits?: GuardOptions | undefined;
  /** Is told how all of them are, whenever something has changed: a process, the list of programs, or a file beside one. */
  readonly onProcesses?: (processes: readonly SupervisedProcess[]) => void;
}

/**
 * Starts the extensions that the flags name and keeps them running. What is added to the autoload file or to a directory that it
 * names is started, too, and what is removed is ended.
 * @returns undefined when there are none and none can come
 */
export const superviseExtensions = (
  flags: FlagStore,
  say: SayAbout,
  { sources = [namedByFlags(flags)], limits, onProcesses = () => undefined }: SupervisedOptions = {},
): ExtensionSupervision | undefined => {
  if (flags.get('disable_extensions')) return undefined;
  const named = new NamedPrograms();
  const look = (): void => named.look(sources, flags.get('verbose'), say);
  look();
  const supervisor = new Supervisor([...named.safety.keys()], {
    socket: flags.get('extensions_socket'),
    timeoutSeconds: Number(flags.get('extensions_timeout')),
    intervalSeconds: Number(flags.get('extensions_interval')),
    verbose: flags.get('verbose'),
    limits,
    onLine: (extension, _stream, line) => say(0, `extension ${extension}`, line),
    onEvent: event => {
      say(severityOf(event), `extension ${event.extension}`, textOf(event));
      tellSoon();
    },
    verify: ({ path }) => {
      const [, safety = namedByFlags(flags)] = [...named.safety].find(([program]) => program.path === path) ?? [];
      return unsafeReason(path, safety);
    },
  });
  const orphans = killOrphans(flags.get('extensions_socket'));
  if (orphans.length > 0) say(1, 'extensions', `Killed what an earlier agent has left behind: ${orphans.join(', ')}.`);
  const tell = (): void => onProcesses(supervisor.processes);
  // What happens at once, such as the start of all of them, is told once.
  const tellSoon = once(tell);
  supervisor.start();
  tell();
  const watch = new AutoloadWatch(changed, message => say(1, 'extensions', message));
  function changed(): void {
    look();
    supervisor.update([...named.safety.keys()]);
    follow();
    tellSoon();
  }
  const files = sources.map(({ autoloadFile }) => autoloadFile).filter(file => file !== '');
  const follow = (): void => {
    const programs = [...named.safety.keys()].flatMap(({ path }) => [path, manifestPath(path)]);
    watch.watch([...files, ...programs], named.folders);
  };
  follow();
  return {
    count: supervisor.size,
    stop: stopMs => {
      watch.close();
      return supervisor.stop(stopMs);
    },
  };
};

/** Why a program must not be started, if it must not. */
const unsafeReason = (path: string, safety: SafetyOptions): string | undefined => {
  const faults = checkProgram(path, safety);
  return faults.length === 0 ? undefined : faults.map(({ fault, repair }) => `${fault}. Repair: ${repair}`).join('; ');
};
