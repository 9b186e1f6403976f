import { OutpostError } from '@outpost/protocol';

/** What the agent tells an extension that it starts. */
export interface ExtensionArguments {
  /** The path of the extension manager's socket. */
  readonly socket: string;
  /** How long to wait for the manager, in milliseconds. */
  readonly timeoutMs: number;
  /** How often to check that the manager still knows the extension, in milliseconds. */
  readonly intervalMs: number;
  readonly verbose: boolean;
}

const longNames: Readonly<Record<string, string>> = {
  extensions_socket: 'socket',
  extensions_timeout: 'timeout',
  extensions_interval: 'interval',
};
const valued = new Set(['socket', 'timeout', 'interval']);
const truths: Readonly<Record<string, boolean>> = {
  true: true,
  t: true,
  yes: true,
  y: true,
  '1': true,
  false: false,
  f: false,
  no: false,
  n: false,
  '0': false,
};

interface Reading {
  readonly values: Map<string, string>;
  readonly faults: string[];
  verbose: boolean;
}

/** Reads one flag; whether it took `next` as its value. */
function readFlag(reading: Reading, argument: string, next: string | undefined): boolean {
  const [, written = '', inline] = /^--?([A-Za-z_]+)(?:=(.*))?$/s.exec(argument) ?? [];
  const name = longNames[written] ?? written;
  if (valued.has(name)) {
    const value = inline ?? next;
    if (value === undefined) reading.faults.push(`--${written} has no value`);
    else reading.values.set(name, value);
    return inline === undefined;
  }
  const truth = inline === undefined ? true : truths[inline.toLowerCase()];
  if (name === 'verbose' && truth !== undefined) reading.verbose = truth;
  else if (name === 'noverbose' && inline === undefined) reading.verbose = false;
  else reading.faults.push(`it does not know ${argument}`);
  return false;
}

function seconds(reading: Reading, name: string, otherwise: number): number {
  const value = reading.values.get(name);
  if (value === undefined) return otherwise * 1000;
  if (!/^\d+(\.\d+)?$/.test(value))
    reading.faults.push(`--${name} must be a number of seconds, not ${JSON.stringify(value)}`);
  return Number(value) * 1000;
}

/**
 * Reads the flags that osquery passes to an extension: `--socket S --timeout T --interval I --verbose`, their long forms
 * (`--extensions_socket`, …), `--flag value` and `--flag=value`, with one dash or two.
 *
 * @throws OutpostError EXTENSION_ARGUMENTS_INVALID, naming every fault at once.
 */
export function parseArguments(extension: string, argv: readonly string[]): ExtensionArguments {
  const reading: Reading = { values: new Map(), faults: [], verbose: false };
  for (let index = 0; index < argv.length; index += 1) {
    if (readFlag(reading, argv[index] ?? '', argv[index + 1])) index += 1;
  }
  const socket = reading.values.get('socket') ?? '';
  if (socket === '' && reading.faults.length === 0) reading.faults.push('--socket is missing');
  const timeoutMs = Math.max(200, seconds(reading, 'timeout', 3));
  const intervalMs = Math.max(200, seconds(reading, 'interval', 3));
  if (reading.faults.length > 0)
    throw new OutpostError('EXTENSION_ARGUMENTS_INVALID', { extension, faults: `${reading.faults.join('; ')}.` });
  return { socket, timeoutMs, intervalMs, verbose: reading.verbose };
}
