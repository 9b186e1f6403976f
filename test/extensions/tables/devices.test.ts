import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { IdList } from '../../../extensions/tables/src/lib/id-list.ts';
import { acpiTables } from '../../../extensions/tables/src/posix/acpi_tables.ts';
import { pciDevices } from '../../../extensions/tables/src/posix/pci_devices.ts';
import { usbDevices } from '../../../extensions/tables/src/posix/usb_devices.ts';
import { machineWith, rowsOf } from './machine.ts';

const pciIds = `#
#	List of PCI ID's
0085  Not the model
1af4  Red Hat, Inc.
	1041  Virtio 1.0 network device
# a comment between
	1110  Inter-VM shared memory
		1af4 1100  QEMU Virtual Machine
8086  Intel Corporation
	0085  Centrino Advanced-N 6205 [Taylor Peak]
		8086 1311  Centrino Advanced-N 6205 (802.11a/b/g/n)

C 02  Network controller
	00  Ethernet controller
	80  Network controller
C 05  Memory controller
	00  RAM memory
`;

const uevent = (lines: readonly string[]) => `${lines.join('\n')}\n`;
const pci = {
  'sys/bus/pci/devices/0000:03:00.0/uevent': uevent([
    'DRIVER=iwlwifi',
    'PCI_CLASS=28000',
    'PCI_ID=8086:0085',
    'PCI_SUBSYS_ID=8086:1311',
    'PCI_SLOT_NAME=0000:03:00.0',
    'MODALIAS=pci:v00008086d00000085sv00008086sd00001311bc02sc80i00',
  ]),
  'sys/bus/pci/devices/0000:00:05.0/uevent': uevent([
    'PCI_CLASS=FF0000',
    'PCI_ID=1AF4:10FF',
    'PCI_SUBSYS_ID=0000:0000',
    'PCI_SLOT_NAME=0000:00:05.0',
  ]),
  'sys/bus/pci/devices/0000:00:06.0/uevent': '',
};

test('pci_devices names what it finds in the list of numbers', t => {
  const files = machineWith(t, { ...pci, 'usr/share/hwdata/pci.ids': pciIds });
  const rows = rowsOf(pciDevices, { files });
  assert.deepEqual(rows[1], {
    pci_slot: '0000:03:00.0',
    pci_class: 'Network controller',
    driver: 'iwlwifi',
    vendor: 'Intel Corporation',
    vendor_id: '0x8086',
    model: 'Centrino Advanced-N 6205 [Taylor Peak]',
    model_id: '0x0085',
    pci_class_id: '0x02',
    pci_subclass_id: '0x80',
    pci_subclass: 'Network controller',
    subsystem_vendor_id: '0x8086',
    subsystem_vendor: 'Intel Corporation',
    subsystem_model_id: '0x1311',
    subsystem_model: 'Centrino Advanced-N 6205 (802.11a/b/g/n)',
  });
  assert.deepEqual(
    rows.map(row => [row.pci_slot, row.vendor, row.model, row.model_id, row.pci_class, row.pci_class_id]),
    [
      ['0000:00:05.0', 'Red Hat, Inc.', '', '0x10ff', '', '0xff'],
      [
        '0000:03:00.0',
        'Intel Corporation',
        'Centrino Advanced-N 6205 [Taylor Peak]',
        '0x0085',
        'Network controller',
        '0x02',
      ],
    ],
  );
});

test('pci_devices takes what udev knows where there is no list', t => {
  const files = machineWith(t, {
    ...pci,
    'run/udev/data/+pci:0000:03:00.0':
      'I:1\nE:ID_PCI_CLASS_FROM_DATABASE=Network controller\nE:ID_PCI_SUBCLASS_FROM_DATABASE=Network controller\n' +
      'E:ID_VENDOR_FROM_DATABASE=Intel Corporation\nE:ID_MODEL_FROM_DATABASE=Centrino\n',
  });
  const row = rowsOf(pciDevices, { files })[1];
  assert.deepEqual(
    [row?.pci_class, row?.pci_subclass, row?.vendor, row?.model, row?.subsystem_vendor, row?.subsystem_vendor_id],
    ['Network controller', 'Network controller', 'Intel Corporation', 'Centrino', '', '0x8086'],
  );
  assert.deepEqual(rowsOf(pciDevices, { files: machineWith(t, {}) }), []);
});

test('a list of numbers is searched where it should be', () => {
  const list = new IdList(pciIds);
  const redHat = list.find('1af4');
  assert.equal(list.find('0085', redHat), undefined);
  const shared = list.find('1110', redHat);
  assert.equal(shared?.name, 'Inter-VM shared memory');
  assert.equal(list.find('1af4 1100', shared, 2)?.name, 'QEMU Virtual Machine');
  assert.equal(list.find('8086 1311', shared, 2), undefined);
  assert.equal(list.find('80', list.find('C 05')), undefined);
  const parts = fc.constantFrom('\n', '\t', '8086', '  ', '0085', '#', 'C 02');
  fc.assert(
    fc.property(fc.array(parts), pieces => {
      const found = new IdList(pieces.join(''));
      const vendor = found.find('8086');
      const model = vendor && found.find('0085', vendor);
      assert.ok(vendor === undefined || vendor.end >= vendor.start);
      assert.ok(
        model === undefined || vendor === undefined || (model.start >= vendor.start && model.end <= vendor.end),
      );
    }),
  );
});

const stick = {
  'sys/bus/usb/devices/1-4/uevent': uevent([
    'MAJOR=189',
    'MINOR=4',
    'DEVNAME=bus/usb/001/005',
    'DEVTYPE=usb_device',
    'DRIVER=usb',
    'PRODUCT=781/5581/100',
    'TYPE=0/0/0',
    'BUSNUM=001',
    'DEVNUM=005',
  ]),
  'sys/bus/usb/devices/1-4/idVendor': '0781\n',
  'sys/bus/usb/devices/1-4/idProduct': '5581\n',
  'sys/bus/usb/devices/1-4/bcdDevice': '0100\n',
  'sys/bus/usb/devices/1-4/manufacturer': 'SanDisk\n',
  'sys/bus/usb/devices/1-4/product': 'Ultra Fit\n',
  'sys/bus/usb/devices/1-4/serial': '4C53\n',
  'sys/bus/usb/devices/1-4/removable': 'removable\n',
  'sys/bus/usb/devices/1-4:1.0/uevent': uevent(['DEVTYPE=usb_interface', 'TYPE=0/0/0', 'INTERFACE=8/6/80']),
  'sys/bus/usb/devices/usb1/uevent': uevent(['DEVTYPE=usb_device', 'TYPE=9/0/1', 'BUSNUM=001', 'DEVNUM=001']),
  'sys/bus/usb/devices/usb1/removable': 'unknown\n',
};

test('usb_devices gives devices and hubs, not their interfaces', t => {
  const rows = rowsOf(usbDevices, { files: machineWith(t, stick) });
  assert.deepEqual(rows[0], {
    usb_address: 1,
    usb_port: 5,
    vendor: 'SanDisk',
    vendor_id: '0781',
    version: '0100',
    model: 'Ultra Fit',
    model_id: '5581',
    serial: '4C53',
    class: '0',
    subclass: '0',
    protocol: '0',
    removable: 1,
  });
  assert.deepEqual(
    rows.slice(1).map(row => [row.usb_port, row.class, row.protocol, row.vendor, row.removable]),
    [[1, '9', '1', '', -1]],
  );
});

test('usb_devices prefers what udev knows', t => {
  const files = machineWith(t, {
    ...stick,
    'run/udev/data/c189:4':
      'N:bus/usb/001/005\nE:ID_VENDOR_ID=0781\nE:ID_MODEL=Ultra_Fit\nE:ID_VENDOR_FROM_DATABASE=SanDisk Corp.\n' +
      'E:ID_REVISION=0110\nE:ID_SERIAL_SHORT=0102\n',
  });
  const [row] = rowsOf(usbDevices, { files });
  assert.deepEqual(
    [row?.vendor, row?.model, row?.version, row?.serial, row?.model_id],
    ['SanDisk Corp.', 'Ultra_Fit', '0110', '0102', '5581'],
  );
});

test('acpi_tables gives every table, those of directories last', t => {
  const files = machineWith(t, {
    'sys/firmware/acpi/tables/dynamic/SSDT12': 'loaded later',
    'sys/firmware/acpi/tables/FACP': Buffer.from([1, 2, 3]),
    'sys/firmware/acpi/tables/APIC': '',
  });
  const md5 = (content: string | Buffer) => createHash('md5').update(content).digest('hex');
  assert.deepEqual(rowsOf(acpiTables, { files }), [
    { name: 'APIC', size: 0, md5: md5('') },
    { name: 'FACP', size: 3, md5: md5(Buffer.from([1, 2, 3])) },
    { name: 'SSDT12', size: 12, md5: md5('loaded later') },
  ]);
});
