import type { SupervisedProcess } from '../extensions/supervised-process.ts';
import type { Culprit } from './last-end.ts';
import type { LimitKind } from './limit-watch.ts';

/**
 * What watcher and worker say to each other over the socket pair that the worker has as descriptor 3: one JSON object a line.
 * Everything the watcher knows and the log should hold goes to the worker as a numbered note; the worker acknowledges a note once it
 * is stored for the loggers, and a note that was not acknowledged is given to the next worker. Only so many are under way at once.
 */

/** The descriptor of the worker's end. */
export const linkDescriptor = 3;

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
 * From the watcher to the worker. `pressure` asks it to take less memory; `excess` says that it takes more than it may and will be ended
 * unless it stops what is to blame; `limit` that it is ended now, so that it can say which query is to blame; `processes` how the
 * extensions are now.
 */
export type WatcherMessage =
  | NoteMessage
  | { readonly type: 'pressure'; readonly message: string }
  | { readonly type: 'excess' | 'limit'; readonly kind: LimitKind; readonly message: string }
  | { readonly type: 'processes'; readonly processes: readonly SupervisedProcess[] };

/** From the worker to the watcher. */
export type WorkerMessage =
  /** The notes up to this number are stored. */
  | { readonly type: 'acknowledge'; readonly sequence: number }
  /** It serves: at its start, and after it has read its configuration again. */
  | { readonly type: 'ready' }
  /** The query that is to blame for what the worker takes. */
  | { readonly type: 'culprit'; readonly culprit: Culprit }
  /** It is about to end itself by SIGKILL, and why. */
  | { readonly type: 'ends'; readonly reason: string };

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
