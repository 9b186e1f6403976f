/** An operating system a table or column exists on, in the words of osquery's schema. */
export type Platform = 'linux' | 'macos' | 'windows';

/** Every platform a definition may name. */
export const platforms: readonly Platform[] = ['linux', 'macos', 'windows'];

/** The platform this process runs on. Other Unix systems count as Linux, which they resemble most. */
export const runningPlatform: Platform =
  process.platform === 'darwin' ? 'macos' : process.platform === 'win32' ? 'windows' : 'linux';
