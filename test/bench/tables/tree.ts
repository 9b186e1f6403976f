import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const largestBytes = 4096;
const groups = 50;
const folders = 20;
const filesInFolder = 50;

/** How many files {@link plantTree} makes. */
export const treeFiles = groups * folders * filesInFolder;

/** Fills a directory with 50,000 files of up to 4 KiB, 50 in each of 1,000 directories, the same each time. */
export const plantTree = (root: string): void => {
  const content = Buffer.from(Array.from({ length: largestBytes }, (_, index) => (index * 7919) % 251));
  for (let group = 0; group < groups; group += 1)
    for (let folder = 0; folder < folders; folder += 1) {
      const directory = join(root, `group-${group}`, `folder-${folder}`);
      mkdirSync(directory, { recursive: true });
      for (let file = 0; file < filesInFolder; file += 1) {
        const bytes = (group * 1009 + folder * 97 + file * 61) % largestBytes;
        writeFileSync(join(directory, `file-${file}.txt`), content.subarray(0, bytes));
      }
    }
};
