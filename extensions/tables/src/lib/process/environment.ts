/** A variable of an environment. */
export interface Variable {
  readonly key: string;
  readonly value: string;
}

/**
 * The variables in /proc/PID/environ (proc_pid_environ(5)). It ends at the first empty string: what a program that renames itself
 * writes over its environment is no longer one. A string without `=` is passed over.
 */
export function* parseEnvironment(content: string): Generator<Variable> {
  let start = 0;
  while (start < content.length) {
    const found = content.indexOf('\0', start);
    const end = found < 0 ? content.length : found;
    if (end === start) return;
    const equals = content.indexOf('=', start);
    if (equals >= start && equals < end)
      yield { key: content.slice(start, equals), value: content.slice(equals + 1, end) };
    start = end + 1;
  }
}
