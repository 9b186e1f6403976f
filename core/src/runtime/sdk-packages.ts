import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OutpostError } from '@outpost/protocol';

/** A package as npm installs it from a file. */
export interface SdkPackage {
  /** Such as `outpost-sdk-0.1.0.tgz`. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The line of a failed command's errors that says most: the first that names one. */
const faultOf = (cause: unknown): string => {
  const text = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : String(cause);
  return /^.*Error: .*$/m.exec(text)?.[0] ?? text.trim();
};

/** The SDK and what it needs of ours, packed from the sources of this agent. @throws OutpostError SDK_NOT_PACKED */
export const sdkPackages = (): readonly SdkPackage[] => {
  const directory = mkdtempSync(join(tmpdir(), 'outpost-sdk-'));
  try {
    const pack = fileURLToPath(new URL('../../../scripts/pack.ts', import.meta.url));
    const paths = execFileSync(process.execPath, [pack, directory], { encoding: 'utf8', stdio: 'pipe' })
      .trim()
      .split('\n');
    return paths.map(path => ({ file: basename(path), bytes: readFileSync(path) }));
  } catch (cause) {
    throw new OutpostError('SDK_NOT_PACKED', { reason: faultOf(cause) }, { cause });
  } finally {
    rmSync(directory, { recursive: true });
  }
};
