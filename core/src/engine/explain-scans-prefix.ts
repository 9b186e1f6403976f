/** Where the words EXPLAIN SCANS stand before a statement. SQLite does not know them, so they are taken off before it is asked. */
import { sqlFailure, sqliteCodes } from './sources/source.ts';

const space = new Set([...' \t\n\f\r'].map(character => character.charCodeAt(0)));
const semicolon = 0x3b;
const [dash, slash, star] = [0x2d, 0x2f, 0x2a];

/** The end of the comment that begins at `from`, or `from` where none does: https://sqlite.org/lang_comment.html */
const afterComment = (text: Buffer, from: number): number => {
  const [first, second] = [text[from], text[from + 1]];
  const line = first === dash && second === dash;
  if (!line && !(first === slash && second === star)) return from;
  const end = line ? text.indexOf('\n', from + 2) : text.indexOf('*/', from + 2);
  return end < 0 ? text.length : end + (line ? 1 : 2);
};

/** Where white space and comments after `from` end. @param others further bytes to go past */
const afterBlanks = (text: Buffer, from: number, ...others: readonly number[]): number => {
  for (let at = from; ; ) {
    while (space.has(text[at] ?? 0) || others.includes(text[at] ?? 0)) at++;
    const next = afterComment(text, at);
    if (next === at) return at;
    at = next;
  }
};

/** Whether a byte can go on a word of SQL. */
const continuesWord = (byte: number | undefined): boolean =>
  byte !== undefined && (byte >= 0x80 || /[\w$]/.test(String.fromCharCode(byte)));

/** The end of a word that stands at `from`, in whichever case; undefined when another does. */
const afterWord = (text: Buffer, from: number, word: string): number | undefined => {
  const end = from + word.length;
  const matches = text.toString('latin1', from, end).toLowerCase() === word;
  return matches && !continuesWord(text[end]) ? end : undefined;
};

/**
 * Looks for EXPLAIN SCANS at the beginning of a statement.
 * @param text UTF-8
 * @param from where the statement, or white space, comments and semicolons before it, begin
 * @returns where the explained statement begins; undefined when the words are not there
 * @throws an error of SQL when no statement follows them
 */
export const explainedStatement = (text: Buffer, from: number): number | undefined => {
  const explain = afterWord(text, afterBlanks(text, from, semicolon), 'explain');
  if (explain === undefined) return undefined;
  const scans = afterWord(text, afterBlanks(text, explain), 'scans');
  if (scans === undefined) return undefined;
  const statement = afterBlanks(text, scans);
  if (statement < text.length && text[statement] !== semicolon) return statement;
  throw sqlFailure('EXPLAIN SCANS needs a statement, as in EXPLAIN SCANS SELECT * FROM time', sqliteCodes.error);
};
