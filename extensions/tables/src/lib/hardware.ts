import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';
import { type SmbiosStructure, smbiosOf } from './smbios.ts';

/** Who made a machine or its board, and what it is; empty where the firmware does not say. */
export interface Identity {
  readonly vendor: string;
  readonly model: string;
  readonly version: string;
  readonly serial: string;
}

const systemType = 1;
const boardType = 2;

const identityOf = (structure: SmbiosStructure): Identity => ({
  vendor: structure.string(0x04),
  model: structure.string(0x05),
  version: structure.string(0x06),
  serial: structure.string(0x07),
});

/** Who is not root may not read the structures, but most of what the kernel makes of them. */
function identityInSysfs(files: FileView, names: readonly [string, string, string, string]): Identity {
  const [vendor = '', model = '', version = '', serial = ''] = names.map(
    name => quietly(() => files.readTextIfPresent(`/sys/class/dmi/id/${name}`))?.trim() ?? '',
  );
  return { vendor, model, version, serial };
}

/** Lenovo has a number where others have the model, and the model where others have the version. */
const straightened = (identity: Identity): Identity =>
  identity.vendor.toLowerCase() === 'lenovo'
    ? { ...identity, model: identity.version, version: identity.model }
    : identity;

/** The machine and its main board, as the firmware describes them. */
export function hardwareOf(files: FileView): { readonly system: Identity; readonly board: Identity } {
  const structures = smbiosOf(files);
  const system = structures.find(({ type }) => type === systemType);
  const board = structures.find(({ type }) => type === boardType);
  const systemNames = ['sys_vendor', 'product_name', 'product_version', 'product_serial'] as const;
  const boardNames = ['board_vendor', 'board_name', 'board_version', 'board_serial'] as const;
  return {
    system: straightened(system ? identityOf(system) : identityInSysfs(files, systemNames)),
    board: board ? identityOf(board) : identityInSysfs(files, boardNames),
  };
}
