import { Socket } from 'node:net';
import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import type { StatusLog } from '../status.ts';
import type { Culprit } from './last-end.ts';
import type { LimitKind } from './limit-watch.ts';
import { linkDescriptor, messageReader, type WatcherMessage, type WorkerMessage } from './messages.ts';

/** How often a worker looks whether its parent is still its watcher, milliseconds. */
const parentCheckMs = 3_000;

/** The worker's end of the socket pair to its watcher. */
export interface WorkerLink {
  /** Tells the watcher that the worker serves. */
  ready(): void;
  /** Tells it which query is to blame for what the worker takes. */
  blame(culprit: Culprit): void;
  /** Tells it that the worker is about to end itself by SIGKILL. @returns once that is on its way */
  ends(reason: string): Promise<void>;
  /** Ends the link, so that it does not keep the process alive. */
  close(): void;
}

/** What a worker does when its watcher says something. */
export interface LinkListeners {
  /** Called once when the watcher has died: the worker has to end, or it would be an orphan. */
  readonly onWatcherGone: () => void;
  /** The worker is near its memory limit. */
  readonly onPressure: (message: string) => void;
  /** The worker has exceeded a limit, and is ended unless it takes less soon. */
  readonly onExcess: (kind: LimitKind, message: string) => void;
  /** The worker is ended for a limit; SIGTERM follows. */
  readonly onLimit: (kind: LimitKind, message: string) => void;
  /** How the extensions are that the watcher keeps running. */
  readonly onProcesses: (processes: readonly SupervisedProcess[]) => void;
}

/** Calls back, once, when the parent of this process is another than it was: some other process may hold the watcher's end of the pair. */
const watchParent = (onGone: (former: number) => void): NodeJS.Timeout => {
  const former = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === former) return;
    clearInterval(timer);
    onGone(former);
  }, parentCheckMs);
  return timer.unref();
};

/**
 * Takes the watcher's notes into the status log and acknowledges those that are stored.
 */
export const openWorkerLink = (status: StatusLog, listeners: LinkListeners): WorkerLink => {
  const socket = new Socket({ fd: linkDescriptor, readable: true, writable: true });
  const read = messageReader<WatcherMessage>(text =>
    status.warning('watcher', `The watcher sent something that is no message: ${text}`),
  );
  const send = (message: WorkerMessage, sent?: () => void): void => {
    if (socket.destroyed) sent?.();
    else socket.write(`${JSON.stringify(message)}\n`, () => sent?.());
  };
  const take = (message: WatcherMessage): void => {
    switch (message.type) {
      case 'pressure':
        return listeners.onPressure(message.message);
      case 'excess':
        return listeners.onExcess(message.kind, message.message);
      case 'limit':
        return listeners.onLimit(message.kind, message.message);
      case 'processes':
        return listeners.onProcesses(message.processes);
      case 'note': {
        const { note, sequence } = message;
        status.record({ ...note, onStored: () => send({ type: 'acknowledge', sequence }) }, !note.printed);
      }
    }
  };
  let closing = false;
  const gone = (former: number): void => {
    if (closing) return;
    closing = true;
    status.verbose('daemon', `The worker (${process.pid}) has found its watcher (${former}) killed.`);
    listeners.onWatcherGone();
  };
  const watcher = process.ppid;
  const parent = watchParent(gone);
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    for (const message of read(chunk)) take(message);
  });
  socket.on('error', error => status.verbose('watcher', `The link to the watcher failed: ${error.message}`));
  socket.on('close', () => gone(watcher));
  return {
    ready: () => send({ type: 'ready' }),
    blame: culprit => send({ type: 'culprit', culprit }),
    ends: reason => new Promise(resolve => send({ type: 'ends', reason }, resolve)),
    close: () => {
      closing = true;
      clearInterval(parent);
      socket.destroy();
    },
  };
};
