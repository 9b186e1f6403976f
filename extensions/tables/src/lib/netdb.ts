import { trimmedLines } from './lines.ts';

/** One line of /etc/services or /etc/protocols. */
export interface NetdbLine {
  readonly name: string;
  /** What the name stands for, such as `22/tcp` or `6`. */
  readonly value: string;
  /** Other names, separated by single spaces. */
  readonly aliases: string;
  /** What follows `#`, without the white space around it. */
  readonly comment: string;
}

/** The lines of a file of names (services(5), protocols(5)); those that name nothing are left out. */
export function* parseNetdb(content: string): Generator<NetdbLine> {
  for (const line of trimmedLines(content)) {
    const hash = line.indexOf('#');
    const [name = '', value, ...aliases] = (hash < 0 ? line : line.slice(0, hash)).trimEnd().split(/\s+/);
    if (value !== undefined)
      yield { name, value, aliases: aliases.join(' '), comment: hash < 0 ? '' : line.slice(hash + 1).trim() };
  }
}
