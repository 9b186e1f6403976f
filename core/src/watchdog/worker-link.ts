import { Socket } from 'node:net';
import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import type { StatusLog } from '../status.ts';
import { linkDescriptor, messageReader, type WatcherMessage, type WorkerMessage } from './messages.ts';

/** The worker's end of the socket pair to its watcher. */
export interface WorkerLink {
  /** Tells the watcher that the worker serves. */
  ready(): void;
  /** Ends the link, so that it does not keep the process alive. */
  close(): void;
}

/** What a worker does when its watcher says something. */
export interface LinkListeners {
  /** Called once when the watcher has died: the worker has to end, or it would be an orphan. */
  readonly onWatcherGone: () => void;
  /** The worker is near its memory limit. */
  readonly onPressure: (message: string) => void;
  /** The worker has exceeded a limit; SIGTERM follows. */
  readonly onLimit: (message: string) => void;
  /** How the extensions are that the watcher keeps running. */
  readonly onProcesses: (processes: readonly SupervisedProcess[]) => void;
}

/**
 * Takes the watcher's notes into the status log and acknowledges them.
 */
export const openWorkerLink = (
  status: StatusLog,
  { onWatcherGone, onPressure, onLimit, onProcesses }: LinkListeners,
): WorkerLink => {
  const socket = new Socket({ fd: linkDescriptor, readable: true, writable: true });
  const read = messageReader<WatcherMessage>(text =>
    status.warning('watcher', `The watcher sent something that is no message: ${text}`),
  );
  const send = (message: WorkerMessage): void => {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  };
  let closing = false;
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    for (const message of read(chunk)) {
      if (message.type === 'pressure') onPressure(message.message);
      else if (message.type === 'limit') onLimit(message.message);
      else if (message.type === 'processes') onProcesses(message.processes);
      else {
        status.record(message.note, !message.note.printed);
        send({ type: 'acknowledge', sequence: message.sequence });
      }
    }
  });
  socket.on('error', error => status.verbose('watcher', `The link to the watcher failed: ${error.message}`));
  socket.on('close', () => {
    if (!closing) onWatcherGone();
  });
  return {
    ready: () => send({ type: 'ready' }),
    close: () => {
      closing = true;
      socket.destroy();
    },
  };
};
