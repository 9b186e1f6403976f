import type { FileView } from '@outpost/sdk';
import { IdList } from './id-list.ts';
import { quietly } from './quietly.ts';
import { type DeviceProperties, parseUdevData } from './udev-data.ts';
import { ueventOf } from './uevent.ts';

const devices = '/sys/bus/pci/devices';
const lists = ['/usr/share/misc/pci.ids', '/usr/share/hwdata/pci.ids', '/usr/share/pci.ids'] as const;

/** A device of the bus. */
export interface PciDevice {
  /** What the kernel says of it. */
  readonly kernel: DeviceProperties;
  /** What udev says of it; nothing where no udev runs. */
  readonly udev: DeviceProperties;
}

/** The devices of the PCI bus, by their place. */
export function* pciDevicesOf(files: FileView): Generator<PciDevice> {
  for (const name of (quietly(() => files.readdir(devices)) ?? []).sort()) {
    const data = quietly(() => files.readTextIfPresent(`/run/udev/data/+pci:${name}`)) ?? '';
    yield { kernel: ueventOf(files, `${devices}/${name}`), udev: parseUdevData(data) };
  }
}

/** The list of names of vendors and devices; empty where none is installed. */
export function pciNames(files: FileView): IdList {
  for (const path of lists) {
    const text = quietly(() => files.readTextIfPresent(path));
    if (text !== undefined) return new IdList(text);
  }
  return new IdList('');
}

/** Two numbers of four digits, as in `1AF4:1041`. */
function pairOf(text: string | undefined): readonly [string, string] | undefined {
  const [, vendor, model] = /^([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(text?.toLowerCase() ?? '') ?? [];
  return vendor === undefined || model === undefined ? undefined : [vendor.padStart(4, '0'), model.padStart(4, '0')];
}

const prefixed = (number: string | undefined) => (number === undefined ? '' : `0x${number}`);

/** What kind of device it is. */
export function classOf({ kernel, udev }: PciDevice, names: IdList) {
  // The number of the class, that of its subclass and that of the interface, without zeros before them.
  const digits = kernel.get('PCI_CLASS')?.toLowerCase().padStart(6, '0');
  const [classId, subclassId] = [digits?.slice(0, 2), digits?.slice(2, 4)];
  const entry = names.find(`C ${classId}`);
  return {
    pci_class: udev.get('ID_PCI_CLASS_FROM_DATABASE') ?? entry?.name ?? '',
    pci_class_id: prefixed(classId),
    pci_subclass_id: prefixed(subclassId),
    pci_subclass:
      udev.get('ID_PCI_SUBCLASS_FROM_DATABASE') ?? (entry && names.find(`${subclassId}`, entry)?.name) ?? '',
  };
}

/** Who made the device, and who built it into something. */
export function makersOf({ kernel, udev }: PciDevice, names: IdList) {
  const [vendorId, modelId] = pairOf(kernel.get('PCI_ID')) ?? [];
  const [boardVendorId, boardModelId] = pairOf(kernel.get('PCI_SUBSYS_ID')) ?? [];
  const vendor = vendorId === undefined ? undefined : names.find(vendorId);
  const model = vendor && names.find(`${modelId}`, vendor);
  return {
    vendor: vendor?.name ?? udev.get('ID_VENDOR_FROM_DATABASE') ?? '',
    vendor_id: prefixed(vendorId),
    model: model?.name ?? udev.get('ID_MODEL_FROM_DATABASE') ?? '',
    model_id: prefixed(modelId),
    subsystem_vendor_id: prefixed(boardVendorId),
    subsystem_vendor: (boardVendorId === undefined ? undefined : names.find(boardVendorId)?.name) ?? '',
    subsystem_model_id: prefixed(boardModelId),
    subsystem_model: (model && names.find(`${boardVendorId} ${boardModelId}`, model, 2)?.name) ?? '',
  };
}
