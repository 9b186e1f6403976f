import type { Shell } from '../shell.ts';

/** What a meta command leads to. `leave` ends the shell, with the exit code it has earned; `exit` ends it with a code at once. */
export type MetaOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly exitCode: number }
  | { readonly kind: 'leave' }
  | { readonly kind: 'exit'; readonly code: number };

/** A command that starts with a dot. */
export interface MetaCommand {
  readonly name: string;
  /** How many letters of the name are needed. */
  readonly least: number;
  /** The fewest and the most words after the name. */
  readonly words: readonly [number, number];
  /** For `.help`: what follows the name, and what it does. */
  readonly usage: string;
  readonly help: string;
  run(shell: Shell, words: readonly string[]): MetaOutcome | Promise<MetaOutcome>;
}

/** The command did what it should. */
export const done: MetaOutcome = { kind: 'done' };

/** Prints a complaint, which makes the command a failed one. */
export const failed = (shell: Shell, message: string, exitCode = 1): MetaOutcome => {
  shell.complain(`${message}\n`);
  return { kind: 'error', exitCode };
};

const onWords: ReadonlySet<string> = new Set(['1', 'y', 'yes', 't', 'true', 'ok', 'on', 'enable']);
const offWords: ReadonlySet<string> = new Set(['0', 'n', 'no', 'f', 'false', 'off', 'disable']);

/** Reads ON or OFF, in all the ways there are; anything else is complained about and read as OFF. */
export const booleanOf = (shell: Shell, text: string): boolean => {
  if (/^(?:\d+|0x[0-9a-f]+)$/i.test(text)) return Number(text) !== 0;
  const word = text.toLowerCase();
  if (onWords.has(word)) return true;
  if (!offWords.has(word)) shell.complain(`ERROR: Not a boolean value: "${text}". Assuming "no".\n`);
  return false;
};
