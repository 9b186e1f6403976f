#!/usr/bin/env node
import { defineTable, integer, serve, text, WriteRefused } from '@outpost/sdk';

interface Note {
  readonly title: string;
  readonly stars: number;
}

const notes = new Map<number, Note>();
let lastRowid = 0;

/** No two notes have the same title. */
const checkTitle = (title: string, own?: number): void => {
  for (const [rowid, note] of notes) if (note.title === title && rowid !== own) throw new WriteRefused('constraint');
};

const noteOf = ({ title, stars }: Partial<Readonly<Record<keyof Note, unknown>>>): Note => ({
  title: String(title ?? ''),
  stars: Number(stars ?? 0),
});

/** insert into notes (title, stars) values ('bread', 3) */
export const notesTable = defineTable({
  name: 'notes',
  description: 'Notes that queries write and change, kept as long as the extension runs.',
  columns: { title: text('What to remember'), stars: integer('How much it matters') },
  *generate() {
    for (const [rowid, note] of notes) yield { rowid, ...note };
  },
  insert(row, wanted) {
    const note = noteOf(row);
    checkTitle(note.title);
    const rowid = Number(wanted ?? lastRowid + 1);
    lastRowid = Math.max(lastRowid, rowid);
    notes.set(rowid, note);
    return rowid;
  },
  update(rowid, row, newRowid) {
    const note = noteOf(row);
    checkTitle(note.title, Number(rowid));
    notes.delete(Number(rowid));
    notes.set(Number(newRowid), note);
  },
  delete(rowid) {
    notes.delete(Number(rowid));
  },
});

if (import.meta.main) await serve([notesTable], { name: 'notes' });
