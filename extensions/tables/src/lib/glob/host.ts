import type { FileView } from '@outpost/sdk';
import { quietly } from '../quietly.ts';

/** What expanding a pattern needs of a query; every table context has it. */
export interface GlobHost {
  readonly files: FileView;
  /** The query was given up: stop and return what there is. */
  readonly aborted: boolean;
  warn(message: string): void;
}

/** Whether a path leads to a directory. */
export const isDirectory = (files: FileView, path: string): boolean =>
  quietly(() => files.stat(path))?.isDirectory() === true;

const collate = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

/** Whether UTF-16 and UTF-8 may order two texts differently: only with surrogates. */
const wide = /[\ud800-\udfff]/;

/** Sorts texts by their UTF-8 bytes, in place. */
export function sortBytewise(texts: string[]): string[] {
  return texts.some(text => wide.test(text)) ? texts.sort(collate) : texts.sort();
}
