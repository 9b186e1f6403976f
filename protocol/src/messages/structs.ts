import type { Structs } from './message.ts';

let structs: Promise<Structs> | undefined;

/** Loads the generated code, and the part of the thrift package that it needs, on the first call. */
export function loadStructs(): Promise<Structs> {
  structs ??= import('../generated/index.mjs');
  return structs;
}
