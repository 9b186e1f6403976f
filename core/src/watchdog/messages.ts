import type { SupervisedProcess } from '../extensions/supervised-process.ts';

/**
 * What watcher and worker say to each other over the socket pair that the worker has as descriptor 3: one JSON object a line.
 * Everything the watcher knows and the log should hold goes to the worker as a numbered note; the worker acknowledges a note once it
 * is in the status log, and a note that was not acknowledged is given to the next worker.
 */

/** The descriptor of the worker's end. */
export const linkDescriptor = 3;

/** The environment variable that tells a worker why its predecessor was ended; absent unless a limit was exceeded. */
export const verdictVariable = 'OUTPOST_VERDICT';

/** The environment variable that makes a process a worker; osquery's name, so that tools which look for it find it. */
export const workerVariable = 'OSQUERY_WORKER';

/** Something that the watcher has to report. */
export interface Note {
  /** 0 INFO, 1 WARNING, 2 ERROR: the severities of the status log. */
  readonly severity: 0 | 1 | 2;
  /** Who speaks: `watcher`, or `extension NAME`. */
  readonly source: string;
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Whether the watcher has printed it already, there being no worker that could. */
  readonly printed: boolean;
}

/** A numbered note from the watcher to the worker. */
export interface NoteMessage {
  readonly type: 'note';
  readonly sequence: number;
  readonly note: Note;
}

/**
 * From the watcher to the worker. `pressure` asks it to take less memory; `limit` says that it took more than it may and is about to
 * be ended, so that it can say which queries ran; `processes` says how the extensions are now.
 */
export type WatcherMessage =
  | NoteMessage
  | { readonly type: 'pressure'; readonly message: string }
  | { readonly type: 'limit'; readonly message: string }
  | { readonly type: 'processes'; readonly processes: readonly SupervisedProcess[] };

/** From the worker to the watcher. */
export type WorkerMessage = { readonly type: 'acknowledge'; readonly sequence: number } | { readonly type: 'ready' };

/** How many characters of an unfinished line are held; a line that is longer is dropped, and told as broken. */
const lineLimit = 1 << 20;

/**
 * Cuts a stream of bytes into JSON messages.
 * @param onBroken is told what is no message: its beginning, or that it was too long
 * @returns a function that takes the next chunk of text and gives the whole messages in it
 */
export const messageReader = <Message>(onBroken: (text: string) => void): ((chunk: string) => Message[]) => {
  let rest = '';
  return chunk => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > lineLimit) {
      onBroken(`a line of more than ${lineLimit} characters`);
      rest = '';
    }
    return lines.flatMap(line => {
      try {
        return [JSON.parse(line) as Message];
      } catch {
        onBroken(line.slice(0, 200));
        return [];
      }
    });
  };
};
