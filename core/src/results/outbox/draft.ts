import type { Operation } from '../../storage/store.ts';
import { withSequence } from '../lines.ts';
import type { Ledger } from './ledger.ts';
import { type EntryKind, packLines, recordKey, runsOf } from './record.ts';

/** A line to be logged. */
export interface Line {
  readonly kind: EntryKind;
  readonly text: string;
}

/** A batch of lines that is being put together, with the ledger as it will be. */
export class Draft {
  readonly operations: Operation[] = [];
  ledger: Ledger;
  bytes = 0;
  readonly #sequence: boolean;

  constructor(ledger: Ledger, sequence: boolean) {
    this.ledger = ledger;
    this.#sequence = sequence;
  }

  /** Stores lines, and gives them their numbers. */
  add(lines: readonly Line[]): void {
    for (const { kind, texts } of runsOf(lines)) {
      const field = kind === 'status' ? 'statuses' : 'results';
      const first = this.ledger[field];
      const numbered =
        this.#sequence && kind !== 'status' ? texts.map((text, index) => withSequence(text, first + index)) : texts;
      const value = packLines(kind, first, numbered);
      const record = { position: this.ledger.position, count: texts.length, bytes: value.length };
      this.operations.push({ type: 'put', domain: 'outbox', key: recordKey(record), value });
      this.bytes += value.length;
      const position = this.ledger.position + texts.length;
      this.ledger = { ...this.ledger, position, [field]: first + texts.length };
    }
  }

  /** Counts lines that had to go. */
  dropped(lines: number): void {
    const { dropped, untold } = this.ledger;
    this.ledger = { ...this.ledger, dropped: dropped + lines, untold: untold + lines };
  }

  /** Tells of all dropped lines in the log itself. */
  tell(text: string): void {
    this.add([{ kind: 'status', text }]);
    this.ledger = { ...this.ledger, untold: 0 };
  }
}
