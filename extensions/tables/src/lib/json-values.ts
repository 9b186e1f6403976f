/** The value at a path of members of a JSON value; undefined where there is none. */
export function memberAt(value: unknown, ...path: readonly string[]): unknown {
  let reached = value;
  for (const name of path) {
    if (typeof reached !== 'object' || reached === null || !Object.hasOwn(reached, name)) return undefined;
    reached = Reflect.get(reached, name);
  }
  return reached;
}

/** A text, number or truth value as text; empty for everything else. */
export const scalarText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** The members of an array; none of everything else. */
export const membersOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The names and values of an object; none of everything else. */
export const entriesOf = (value: unknown): (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];

/** 1 for true, 0 for false; undefined for everything else. */
export const truthOf = (value: unknown): number | undefined => (typeof value === 'boolean' ? Number(value) : undefined);
