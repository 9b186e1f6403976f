import type { StatusLog } from '../status.ts';

/**
 * How an extension is. `starting`: registered, has not answered yet. `ready`: answers. `unresponsive`: missed a sign of life.
 * `suspended`: missed several; its tables say so, and it is asked on. `dead`: nobody listens at its socket; it is asked no more.
 */
export type ExtensionState = 'starting' | 'ready' | 'unresponsive' | 'suspended' | 'dead';

/** How a registration ends: by its extension, by a successor of the same name (or one that needs its items), or with the agent. */
export type ExtensionEnd = 'deregistered' | 'replaced' | 'stopped';

/** What happens to a process that the agent keeps running. `unregistered`: it runs, and has not registered in time. */
export type ProcessState = 'started' | 'unregistered' | 'ended';

/** A change of state. */
export interface ExtensionEvent {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** 0 for what happens to a process. */
  readonly uuid: number;
  /** The name under which it registered; for a process, that of its file. */
  readonly extension: string;
  /** Undefined for a registration and for a process. */
  readonly from: ExtensionState | undefined;
  readonly to: ExtensionState | ExtensionEnd | ProcessState;
  readonly reason: string;
}

/** What the log knows an extension by. */
export interface Stateful {
  readonly uuid: number;
  readonly name: string;
  state: ExtensionState;
}

/** How many changes are kept; then the oldest go. */
const eventLimit = 1000;

const isBad = (to: ExtensionEvent['to']): boolean => to === 'unresponsive' || to === 'suspended';

/** The changes of state: kept, logged and told. */
export class StateLog {
  readonly #status: StatusLog;
  readonly #events: ExtensionEvent[] = [];
  readonly #listeners = new Set<(event: ExtensionEvent) => void>();

  constructor(status: StatusLog) {
    this.#status = status;
  }

  /** The last changes, oldest first. */
  events(): readonly ExtensionEvent[] {
    return [...this.#events];
  }

  /** Tells `listener` of every change from now on. @returns a function that ends it */
  onEvent(listener: (event: ExtensionEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Notes that an extension was registered. */
  begin(extension: Stateful): void {
    this.#note(extension, undefined, extension.state, 'it registered');
  }

  /** Gives an extension another state; nothing happens when it has it already. */
  change(extension: Stateful, to: ExtensionState, reason: string): void {
    const from = extension.state;
    if (from === to) return;
    extension.state = to;
    this.#note(extension, from, to, reason);
    const { uuid, name } = extension;
    if (to === 'dead') this.#status.info('extensions', `Extension UUID ${uuid} has gone away`);
    const text = `The extension ${name} (${uuid}) was ${from} and is ${to}: ${reason}.`;
    if (isBad(to)) this.#status.warning('extensions', text);
    else this.#status.info('extensions', text);
  }

  /** Notes that a registration is over. */
  end(extension: Stateful, how: ExtensionEnd, reason: string): void {
    this.#note(extension, extension.state, how, reason);
    this.#status.info('extensions', `The extension ${extension.name} (${extension.uuid}) is ${how}: ${reason}.`);
  }

  /** Notes what happens to a process that the agent keeps running. Whoever notes it logs it. */
  process(name: string, to: ProcessState, reason: string): void {
    this.#note({ uuid: 0, name }, undefined, to, reason);
  }

  #note(
    { uuid, name }: Pick<Stateful, 'uuid' | 'name'>,
    from: ExtensionEvent['from'],
    to: ExtensionEvent['to'],
    reason: string,
  ): void {
    const event: ExtensionEvent = { time: Date.now(), uuid, extension: name, from, to, reason };
    this.#events.push(event);
    if (this.#events.length > eventLimit) this.#events.shift();
    for (const listener of [...this.#listeners]) listener(event);
  }
}
