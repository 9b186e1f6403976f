import { closeSync, type FSWatcher, openSync, readSync, watch } from 'node:fs';

/** Follows a file as it grows: calls `onLine` for each whole line. The file has to exist. */
export const tail = (path: string, onLine: (line: string) => void): FSWatcher => {
  const descriptor = openSync(path, 'r');
  const buffer = Buffer.alloc(64 * 1024);
  let rest = '';
  const read = (): void => {
    for (let length = readSync(descriptor, buffer); length > 0; length = readSync(descriptor, buffer)) {
      const lines = (rest + buffer.toString('utf8', 0, length)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    }
  };
  const watcher = watch(path, read);
  watcher.on('close', () => {
    read();
    closeSync(descriptor);
  });
  return watcher;
};
