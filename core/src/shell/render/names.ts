/** For each name the index of its last column: of columns that share a name, the last one counts where names are keys. */
export const lastIndexes = (columns: readonly string[]): ReadonlyMap<string, number> =>
  new Map(columns.map((name, index) => [name, index]));

/** The names, each once, in byte order, with the index of the column that counts. */
export const keysInOrder = (columns: readonly string[]): readonly (readonly [string, number])[] =>
  [...lastIndexes(columns)].sort(([left], [right]) => (left < right ? -1 : 1));
