import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';
import { blockProperties, type DeviceProperties, decodeUdev } from './udev-data.ts';

/** Where the kernel lists disks, partitions and what is made of them. */
const classDirectory = '/sys/class/block';

/** A block device of the machine. Everything is read when it is asked for; what is not known is empty or undefined. */
export class BlockDevice {
  /** Its name in sysfs: a slash in it is an exclamation mark there. */
  readonly kernelName: string;
  readonly #files: FileView;
  #properties: DeviceProperties | undefined;

  constructor(files: FileView, kernelName: string) {
    this.#files = files;
    this.kernelName = kernelName;
  }

  get path(): string {
    return `/dev/${this.kernelName.replaceAll('!', '/')}`;
  }

  /** A file of the device in sysfs. */
  attribute(name: string): string {
    const path = `${classDirectory}/${this.kernelName}/${name}`;
    return quietly(() => this.#files.readTextIfPresent(path))?.trim() ?? '';
  }

  numberOf(name: string): number | undefined {
    const value = this.attribute(name);
    return /^\d+$/.test(value) ? Number(value) : undefined;
  }

  /** A property that udev gave the device, with its escapes undone. */
  property(name: string): string {
    this.#properties ??= blockProperties(this.#files, this.attribute('dev'));
    return decodeUdev(this.#properties.get(`${name}_ENC`) ?? this.#properties.get(name) ?? '');
  }

  /** The disk that a partition is on. */
  disk(): BlockDevice | undefined {
    if (this.attribute('partition') === '') return undefined;
    const name = quietly(() => this.#files.realpath(`${classDirectory}/${this.kernelName}`))
      ?.split('/')
      .at(-2);
    return name === undefined ? undefined : new BlockDevice(this.#files, name);
  }

  /** What the device is made of: the disk of a partition, the members of an array, the volume under an encrypted one. */
  parents(): BlockDevice[] {
    const disk = this.disk();
    if (disk !== undefined) return [disk];
    const names = quietly(() => this.#files.readdir(`${classDirectory}/${this.kernelName}/slaves`)) ?? [];
    return names.sort().map(name => new BlockDevice(this.#files, name));
  }
}

/** The block devices of the machine, by name. */
export function listBlockDevices(files: FileView): BlockDevice[] {
  const names = files.readdir(classDirectory).sort();
  return names.map(name => new BlockDevice(files, name));
}
