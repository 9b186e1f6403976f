import { defineTable, text } from '@outpost/sdk';
import { classOf, makersOf, pciDevicesOf, pciNames } from '../lib/pci.ts';

const linux = { platforms: ['linux'] } as const;

/** What is on the PCI bus. */
export const pciDevices = defineTable({
  name: 'pci_devices',
  description: 'Devices on the PCI bus.',
  platforms: ['linux', 'macos'],
  examples: ['select pci_slot, pci_class, vendor, model, driver from pci_devices'],
  columns: {
    pci_slot: text('Place on the bus'),
    pci_class: text('Kind of device'),
    driver: text('Driver of the kernel; empty when none has it'),
    vendor: text('Vendor'),
    vendor_id: text('Number of the vendor, in hexadecimal', { collate: 'nocase' }),
    model: text('Model'),
    model_id: text('Number of the model, in hexadecimal', { collate: 'nocase' }),
    pci_class_id: text('Number of the kind of device, in hexadecimal', { collate: 'nocase', ...linux }),
    pci_subclass_id: text('Number of the kind within the kind, in hexadecimal', { collate: 'nocase', ...linux }),
    pci_subclass: text('Kind within the kind', linux),
    subsystem_vendor_id: text('Number of the vendor of the board, in hexadecimal', { collate: 'nocase', ...linux }),
    subsystem_vendor: text('Vendor of the board', linux),
    subsystem_model_id: text('Number of the board, in hexadecimal', { collate: 'nocase', ...linux }),
    subsystem_model: text('Model of the board', linux),
  },
  *generate({ files }) {
    const names = pciNames(files);
    for (const device of pciDevicesOf(files)) {
      const slot = device.kernel.get('PCI_SLOT_NAME');
      if (slot === undefined) continue;
      const driver = device.kernel.get('DRIVER') ?? '';
      yield { pci_slot: slot, driver, ...classOf(device, names), ...makersOf(device, names) };
    }
  },
});
