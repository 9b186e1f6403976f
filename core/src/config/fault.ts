/** Something in the configuration that is not as it should be, and where. */
export interface ConfigFault {
  /** An error makes `--config_check` fail; what it concerns is left out. A warning changes nothing. */
  readonly severity: 'error' | 'warning';
  /** The source: a path, or what else the plugin calls it; for a pack of its own file, the path of that. */
  readonly source: string;
  /** 1 for the first line of the source's text; 0 when there is no text. */
  readonly line: number;
  /** 1 for the first character of the line. */
  readonly column: number;
  /** What is meant, as a JSON pointer (RFC 6901); '' for the whole text. */
  readonly pointer: string;
  /** What was found and what was expected, as whole sentences. */
  readonly message: string;
  /** The known key that a mistyped one is nearest to. */
  readonly nearest?: string;
}

/** A fault as one line: `SOURCE:LINE:COLUMN: MESSAGE (POINTER)`, without a place when there is none. */
export const faultText = ({ source, line, column, pointer, message, nearest }: ConfigFault): string => {
  const place = line === 0 ? source : `${source}:${line}:${column}`;
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  return `${place}: ${message}${hint}${pointer === '' ? '' : ` (${pointer})`}`;
};

/** A fault of a source as a whole, such as one that cannot be read. */
export const sourceFault = (source: string, message: string): ConfigFault => ({
  severity: 'error',
  source,
  line: 0,
  column: 0,
  pointer: '',
  message,
});
