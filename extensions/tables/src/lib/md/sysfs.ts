import type { FileView } from '@outpost/sdk';
import { quietly } from '../quietly.ts';

/** A drive as /sys/block/mdX/md/dev-Y describes it. */
export interface MdDrive {
  readonly name: string;
  /** Undefined for a spare and for one that failed. */
  readonly slot: number | undefined;
  /** Such as `in_sync`, `faulty`, `spare`, `write_mostly`, `journal`. */
  readonly states: ReadonlySet<string>;
}

/** The files of an array in sysfs (the kernel's Documentation/admin-guide/md.rst). What cannot be read is empty or undefined. */
export class MdSysfs {
  readonly #files: FileView;
  readonly #directory: string;

  constructor(files: FileView, array: string) {
    this.#files = files;
    // A slash in the name of a device is an exclamation mark in sysfs.
    this.#directory = `/sys/block/${array.replaceAll('/', '!')}/md`;
  }

  text(name: string): string {
    return quietly(() => this.#files.readTextIfPresent(`${this.#directory}/${name}`))?.trim() ?? '';
  }

  /** A number that may have more text behind it, as while it is being changed. */
  number(name: string): number | undefined {
    const value = Number.parseInt(this.text(name), 10);
    return Number.isNaN(value) ? undefined : value;
  }

  drives(): MdDrive[] {
    const names = quietly(() => this.#files.readdir(this.#directory)) ?? [];
    return names
      .filter(name => name.startsWith('dev-'))
      .map(name => ({
        name: name.slice(4).replaceAll('!', '/'),
        slot: this.number(`${name}/slot`),
        states: new Set(this.text(`${name}/state`).split(',')),
      }));
  }
}

/** The kernel's numbers of levels that have a name only. */
const namedLevels: Readonly<Record<string, number>> = { linear: -1, multipath: -4, faulty: -5 };

/** The number of a RAID level: `raid6` is 6, `linear` -1. */
export function levelNumber(level: string): number | undefined {
  const digits = /^raid(\d+)$/.exec(level)?.[1];
  return digits === undefined ? namedLevels[level] : Number(digits);
}
