import { AutoloadWatch } from '../../../extensions/autoload-watch.ts';
import type { ExtensionManager } from '../../../extensions/manager.ts';
import type { ExtensionEvent } from '../../../extensions/states.ts';
import { Supervised, type SupervisorEvent } from '../../../extensions/supervised.ts';
import type { FrameRecorder } from '../frames/recorder.ts';
import type { ProgramSources } from './sources.ts';

/** After how long a silence a change is taken up, in milliseconds. */
const settleMs = 100;
/** How long an extension may take to end before it is killed, in milliseconds. */
const stopMs = 2000;

/** What an extension under work needs. */
export interface LiveOptions {
  readonly manager: ExtensionManager;
  /** What stands between it and the manager, if anything does. */
  readonly recorder: FrameRecorder | undefined;
  /** The socket that it is told; the manager's, or one that records before it. */
  readonly socket: string;
  readonly timeoutSeconds: number;
  readonly intervalSeconds: number;
  readonly verbose: boolean;
  /** Takes what is to be told, a line. */
  readonly say: (line: string) => void;
}

/** An extension that is started anew whenever one of its files changes. */
export class LiveExtension {
  readonly #program: ProgramSources;
  readonly #options: LiveOptions;
  readonly #supervised: Supervised;
  readonly #watch: AutoloadWatch;
  readonly #stopListening: () => void;
  readonly #settled = Promise.withResolvers<void>();
  #revision = 0;
  #stopping = false;

  constructor(program: ProgramSources, options: LiveOptions) {
    this.#program = program;
    this.#options = options;
    this.#supervised = new Supervised(this.#started(), {
      ...options,
      onlyRenewed: true,
      stopMs,
      onLine: (_name, _stream, line) => options.say(`${program.name} | ${line}`),
      onEvent: event => this.#happened(event),
    });
    this.#watch = new AutoloadWatch(() => this.#changed(), options.say, settleMs);
    this.#stopListening = options.manager.onEvent(event => this.#learn(event));
  }

  /** Starts it. @returns once it is ready, has ended, or the time is up */
  async start(): Promise<void> {
    this.#follow();
    this.#supervised.start();
    const timer = setTimeout(() => this.#settled.resolve(), this.#options.timeoutSeconds * 1000);
    await this.#settled.promise;
    clearTimeout(timer);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#watch.close();
    this.#stopListening();
    await this.#supervised.stop();
  }

  #started(): ConstructorParameters<typeof Supervised>[0] {
    const { name, path, command: words } = this.#program;
    const [command = '', ...args] = words;
    return { name, path, command, args, revision: String(this.#revision) };
  }

  #changed(): void {
    this.#options.say(`${this.#program.name}: a file has changed; starting it again`);
    this.#revision += 1;
    this.#supervised.renew(this.#started());
    this.#follow();
  }

  #follow(): void {
    this.#watch.watch(this.#program.files(), []);
  }

  /** What the process did. */
  #happened(event: SupervisorEvent): void {
    if (event.type === 'started' || this.#stopping) return;
    void this.#options.recorder?.forget();
    this.#follow(); // a module that does not compile has been loaded as far as that
    this.#settled.resolve();
    if (event.type === 'exited' && event.restartMs !== undefined) return;
    const how =
      event.type === 'exited'
        ? event.signal === null
          ? `it ended with exit code ${event.code}`
          : `it was ended by ${event.signal}`
        : event.message;
    this.#options.say(`${this.#program.name}: ${how}; it is started again when a file changes`);
  }

  /** What the agent learned of it. */
  #learn({ extension: name, uuid, to, reason }: ExtensionEvent): void {
    const known = this.#options.manager.extensions().find(extension => extension.uuid === uuid);
    if (to === 'ready') {
      const tables = known?.tables ?? [];
      this.#options.say(tables.length === 0 ? `${name}: ready` : `${name}: ready, tables: ${tables.join(', ')}`);
      this.#follow();
      this.#settled.resolve();
    } else if (to === 'unresponsive' || to === 'suspended') this.#options.say(`${name}: ${to}: ${reason}`);
  }
}
