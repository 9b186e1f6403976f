import { statSync } from 'node:fs';
import type { Bodies } from './declarations.ts';

/** How a command line is read. */
interface Reading {
  readonly command: string;
  readonly quoting: boolean;
  readonly escaping: string;
}

const blanks = ' \t\n\v\f\r';

/** Byte strings stand for paths of any bytes. */
const isFile = (path: string): boolean =>
  path !== '' && statSync(Buffer.from(path, 'latin1'), { throwIfNoEntry: false })?.isDirectory() === false;

const existsAsFile = (path: string): boolean => {
  try {
    return isFile(path);
  } catch {
    // A path that cannot be looked at (a component is a file, a loop of links, no permission) is none that is known to be there.
    return false;
  }
};

/** Whatever a command line may begin with: its text up to each blank that is not quoted, and all of it. */
function* beginnings({ command, quoting, escaping }: Reading): Generator<string> {
  let [path, quoted] = ['', false];
  for (let at = 0; at < command.length; at++) {
    const character = command.charAt(at);
    if (character === escaping && at + 1 < command.length) {
      at += 1;
      path += command.charAt(at);
    } else if (quoting && character === '"') quoted = !quoted;
    else if (blanks.includes(character) && !quoted) {
      if (path === '') continue;
      yield path;
      path += character;
    } else path += character;
  }
  yield path;
}

const readingOf = (values: readonly (string | null)[], message: string): Reading => {
  const [command, quoting = '0', escaping = '\\'] = values;
  if (command == null || quoting === null || escaping?.length !== 1 || values.length > 3) throw new Error(message);
  return { command, quoting: Number.parseInt(quoting, 10) > 0, escaping };
};

/** find_file_path_in_cmd, is_path_deterministic and parent_directory. */
export const functions = (): Pick<Bodies, 'find_file_path_in_cmd' | 'is_path_deterministic' | 'parent_directory'> => ({
  find_file_path_in_cmd: (...values) => {
    const reading = readingOf(values, 'Invalid inputs to find_binary_path_from_cmd');
    return beginnings(reading).find(existsAsFile) ?? '';
  },
  is_path_deterministic: (...values) => {
    const reading = readingOf(values, 'Invalid inputs to is_path_deterministic');
    const hits = beginnings(reading).filter(existsAsFile).take(2).toArray();
    return hits.length < 2 ? 1n : 0n;
  },
  parent_directory: path => {
    if (typeof path !== 'string') throw new Error('Invalid inputs to parent_directory, TEXT was expected');
    const slash = path.lastIndexOf('/');
    return slash < 0 ? null : path.slice(0, slash);
  },
});
