/** A row as a generator yields it. */
export type WriterRow = Readonly<Record<string, unknown>>;

/** Copies some fields of a row, in a fixed order, into an array. */
export type FieldReader = (row: WriterRow, out: unknown[]) => void;

const cache = new Map<string, FieldReader>();
const cacheLimit = 500;

const keyedReader =
  (names: readonly string[]): FieldReader =>
  (row, out) => {
    for (let index = 0; index < names.length; index++) out[index] = row[names[index] as string];
  };

/**
 * A loop over names looks each one up by a hash, 6 ns a field; a function with the names written out reads fixed places of the
 * object, 1 ns. Only names go into the text of that function, as JSON strings. Where the runtime forbids code from text, the loop stays.
 */
const compiledReader = (names: readonly string[]): FieldReader => {
  const body = names.map((name, index) => `out[${index}] = row[${JSON.stringify(name)}];`).join('\n');
  try {
    return new Function('row', 'out', body) as FieldReader;
  } catch (error) {
    if (error instanceof EvalError) return keyedReader(names);
    throw error;
  }
};

/** A reader for a scan that may be short: costs nothing to make. */
export const firstReader = (names: readonly string[]): FieldReader => cache.get(names.join('\0')) ?? keyedReader(names);

/** A reader for a scan that has proved long; made once for the same names. */
export const fastReader = (names: readonly string[]): FieldReader => {
  const key = names.join('\0');
  const found = cache.get(key);
  if (found) return found;
  if (cache.size >= cacheLimit) cache.clear();
  const reader = compiledReader(names);
  cache.set(key, reader);
  return reader;
};
