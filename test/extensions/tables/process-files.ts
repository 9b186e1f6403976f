/** A short /proc/PID/status: of a process when `threadGroup` is its own id, of a thread otherwise. */
export const statusOf = (name: string, threadGroup: number): string =>
  `Name:\t${name}\nState:\tS (sleeping)\nTgid:\t${threadGroup}\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\n`;
