import type { Note, NoteMessage } from './messages.ts';

/** How many notes are kept for a worker that does not acknowledge them. */
const noteLimit = 2_000;

/**
 * The notes that no worker has acknowledged yet, oldest first. At the bound the oldest go, and the next worker is told how many.
 */
export class Journal {
  #pending: NoteMessage[] = [];
  #sequence = 0;
  #lost = 0;

  /** Keeps a note and returns the message that carries it. */
  add(note: Note): NoteMessage {
    const message = this.#number(note);
    if (this.#pending.length > noteLimit) {
      this.#pending.shift();
      this.#lost += 1;
    }
    return message;
  }

  /** Forgets the notes up to `sequence`. */
  acknowledge(sequence: number): void {
    this.#pending = this.#pending.filter(message => message.sequence > sequence);
  }

  /** What a new worker has to be told, in order. */
  replay(): readonly NoteMessage[] {
    if (this.#lost > 0) {
      const message = `${this.#lost} lines of the watcher and its extensions were lost while no worker took them.`;
      this.#lost = 0;
      this.#number({ severity: 1, source: 'watcher', message, time: Date.now(), printed: false });
    }
    return this.#pending;
  }

  #number(note: Note): NoteMessage {
    const message: NoteMessage = { type: 'note', sequence: ++this.#sequence, note };
    this.#pending.push(message);
    return message;
  }
}
