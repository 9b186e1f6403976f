import { statSync } from 'node:fs';

/**
 * Leaves a working directory that was removed for the root of the file system: a thread cannot start without one. Node remembers the
 * directory's name, so only a look at it tells.
 */
export const leaveRemovedDirectory = (): void => {
  if (statSync('.', { throwIfNoEntry: false }) === undefined || statSync('.').nlink === 0) process.chdir('/');
};
