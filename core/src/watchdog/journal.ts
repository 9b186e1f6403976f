import type { Note, NoteMessage } from './messages.ts';

/** How many notes are kept for a worker that does not acknowledge them. */
const noteLimit = 2_000;
/** How many notes may be under way to a worker. */
const windowSize = 200;

/**
 * The notes that no worker has acknowledged yet, oldest first. At the bound the oldest go, and the worker is told how many.
 */
export class Journal {
  #pending: NoteMessage[] = [];
  #sequence = 0;
  #lost = 0;

  /** Keeps a note. */
  add(note: Note): void {
    this.#number(note);
    if (this.#pending.length <= noteLimit) return;
    this.#pending.shift();
    this.#lost += 1;
  }

  /** Forgets the notes up to `sequence`. */
  acknowledge(sequence: number): void {
    this.#pending = this.#pending.filter(message => message.sequence > sequence);
  }

  /**
   * What a worker is to be told now, in order: no more than what it has not acknowledged may be.
   * @param told the number of the last note that was sent to it; 0 for a new worker
   */
  after(told: number): readonly NoteMessage[] {
    if (this.#lost > 0) {
      // Some of them may have been under way to a worker that took them in the end.
      const message = `Up to ${this.#lost} lines of the watcher and its extensions were lost while no worker took them.`;
      this.#lost = 0;
      this.#number({ severity: 1, source: 'watcher', message, time: Date.now(), printed: false });
    }
    return this.#pending.slice(0, windowSize).filter(({ sequence }) => sequence > told);
  }

  #number(note: Note): void {
    this.#pending.push({ type: 'note', sequence: ++this.#sequence, note });
  }
}
