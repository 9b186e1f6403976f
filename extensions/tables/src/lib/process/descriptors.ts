import type { FileView } from '@outpost/sdk';
import type { Losses } from '../losses.ts';
import { quietly } from '../quietly.ts';

/** An open descriptor of a process. */
export interface Descriptor {
  readonly fd: number;
  /** The link below /proc that stands for it. */
  readonly link: string;
  /** A path, or a kind and a number such as `pipe:[123]`. */
  readonly target: string;
}

/** The open descriptors of a process; those closed in the meantime are left out, a process that may not be looked at is a loss. */
export function* descriptorsOf(files: FileView, pid: number, losses: Losses): Generator<Descriptor> {
  const directory = `/proc/${pid}/fd`;
  for (const name of losses.attempt(directory, () => files.readdir(directory)) ?? []) {
    const link = `${directory}/${name}`;
    const target = quietly(() => files.readlink(link));
    if (target !== undefined) yield { fd: Number(name), link, target };
  }
}
