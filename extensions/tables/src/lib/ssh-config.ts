import { trimmedLines } from './lines.ts';

/** A line of an ssh client configuration. */
export interface SshOption {
  /** The `host` or `match` line above it; empty before the first. */
  readonly block: string;
  readonly option: string;
}

/** The options of an ssh client configuration (ssh_config(5)), in lower case. */
export function* parseSshConfig(content: string): Generator<SshOption> {
  let block = '';
  for (const raw of trimmedLines(content)) {
    const line = raw.toLowerCase();
    if (line.startsWith('#')) continue;
    if (/^(?:host|match)[\s=]/.test(line)) block = line;
    else yield { block, option: line };
  }
}
