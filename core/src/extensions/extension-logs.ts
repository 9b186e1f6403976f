import type { StatusLine } from '../status.ts';

/** A line of an extension's output, or of its supervision. */
export interface ExtensionLine {
  /** The name that its process is supervised under: that of its file. */
  readonly extension: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly severity: number;
  readonly message: string;
}

/** How many lines of one extension are kept, and of how many extensions. */
const limits = { lines: 500, extensions: 200 } as const;
/** How many of them a message quotes. */
const quotedLines = 5;
const prefix = 'extension ';

/** The last lines of each supervised extension; at the bound the oldest go. */
export class ExtensionLogs {
  readonly #lines = new Map<string, ExtensionLine[]>();

  /** Takes the lines of the status log that are about an extension. */
  readonly add = ({ source, time, severity, message }: StatusLine): void => {
    if (!source.startsWith(prefix)) return;
    const extension = source.slice(prefix.length);
    const lines = this.#lines.get(extension) ?? [];
    // Set anew, so that the first key is that of the extension which has been silent for the longest time.
    this.#lines.delete(extension);
    this.#lines.set(extension, lines);
    lines.push({ extension, time, severity, message });
    if (lines.length > limits.lines) lines.shift();
    const [silent] = this.#lines.keys();
    if (this.#lines.size > limits.extensions && silent !== undefined) this.#lines.delete(silent);
  };

  /** The end of a message about an extension: its last lines, if there are any. */
  quoteLast(extension: string): string {
    const lines = this.#lines.get(extension)?.slice(-quotedLines) ?? [];
    return lines.length === 0 ? '' : ` Its last lines:\n${lines.map(({ message }) => `  ${message}`).join('\n')}`;
  }

  /** All lines, each extension's in their order. */
  rows(): ExtensionLine[] {
    return [...this.#lines.values()].flat();
  }
}
