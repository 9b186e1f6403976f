import { byteOrder } from '../byte-order.ts';

/** The columns that remain when of several with one name only the last counts: their indexes, in their order. */
export function distinctColumns(names: readonly string[]): readonly number[] {
  return names.map((_, index) => index).filter(index => names.lastIndexOf(names[index] ?? '') === index);
}

/** The indexes of the distinct columns in the order of log lines and of comparisons: by the bytes of their names. */
export function sortedColumns(names: readonly string[]): readonly number[] {
  return [...distinctColumns(names)].sort((left, right) => byteOrder(names[left] ?? '', names[right] ?? ''));
}

/** Whether the same names stand in the same places. */
export const sameColumns = (left: readonly string[], right: readonly string[]): boolean =>
  left.length === right.length && left.every((name, index) => name === right[index]);

/** Where each column of `wanted` stands in `present`; undefined when they are not the same names. */
export function permutation(present: readonly string[], wanted: readonly string[]): readonly number[] | undefined {
  if (present.length !== wanted.length) return undefined;
  const places = wanted.map(name => present.indexOf(name));
  return places.includes(-1) ? undefined : places;
}
