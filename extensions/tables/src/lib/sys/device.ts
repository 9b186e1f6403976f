import fs from 'node:fs';
import type { FileView } from '@outpost/sdk';
import { quietly } from '../quietly.ts';

const openFlags = fs.constants.O_RDONLY | fs.constants.O_NONBLOCK | fs.constants.O_NOCTTY;

/**
 * Bytes of a block device, or of an image of one, which a view of files does not read; fewer where it ends. Undefined when it is
 * neither, is absent or may not be read. A disk that has no answer to give holds this up, so read only what somebody asks for.
 *
 * @param path without symbolic links, as `realpath` gives it
 */
export function readDevice(files: FileView, path: string, offset: number, bytes: number): Buffer | undefined {
  const located = files.root === '/' ? path : `${files.root}${path}`;
  return quietly(() => {
    const found = fs.statSync(located);
    if (!found.isBlockDevice() && !found.isFile()) return undefined;
    const descriptor = fs.openSync(located, openFlags);
    try {
      const buffer = Buffer.alloc(bytes);
      return buffer.subarray(0, fs.readSync(descriptor, buffer, 0, bytes, offset));
    } finally {
      fs.closeSync(descriptor);
    }
  });
}
