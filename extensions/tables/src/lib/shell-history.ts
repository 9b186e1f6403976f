import { trimmedLines } from './lines.ts';

/** A line of a shell's history. */
export interface HistoryLine {
  readonly command: string;
  /** In seconds since 1970; 0 where the shell keeps no times. */
  readonly time: number;
}

const bashTime = /^#(\d{1,11})$/;
const zshLine = /^: {0,10}(\d{1,11}):\d+;(.*)$/s;

/**
 * The commands of a history file. Bash writes the time on the line before, as `#1700000000` (HISTTIMEFORMAT); zsh in front of the command,
 * as `: 1700000000:0;ls` (EXTENDED_HISTORY). The further lines of a command come on their own.
 */
export function* parseHistory(content: string): Generator<HistoryLine> {
  let time = 0;
  for (const line of trimmedLines(content)) {
    const stamp = bashTime.exec(line);
    if (stamp !== null) {
      time = Number(stamp[1]);
      continue;
    }
    const zsh = time === 0 ? zshLine.exec(line) : null;
    yield zsh === null ? { command: line, time } : { command: zsh[2] ?? '', time: Number(zsh[1]) };
    time = 0;
  }
}
