import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';
import { decodeUdev, parseUdevData } from '../lib/udev-data.ts';
import { ueventOf } from '../lib/uevent.ts';

const devices = '/sys/bus/usb/devices';

/** The device in a directory; undefined for an interface of a device. */
function deviceIn(files: FileView, directory: string) {
  const kernel = ueventOf(files, directory);
  const [bus, address] = [kernel.get('BUSNUM'), kernel.get('DEVNUM')];
  if (bus === undefined || address === undefined) return undefined;
  const data = `/run/udev/data/c${kernel.get('MAJOR')}:${kernel.get('MINOR')}`;
  const udev = parseUdevData(quietly(() => files.readTextIfPresent(data)) ?? '');
  const attribute = (name: string) => quietly(() => files.readTextIfPresent(`${directory}/${name}`))?.trim() ?? '';
  const [deviceClass = '', subclass = '', protocol = ''] = kernel.get('TYPE')?.split('/') ?? [];
  return {
    usb_address: Number(bus),
    usb_port: Number(address),
    vendor: udev.get('ID_VENDOR_FROM_DATABASE') ?? attribute('manufacturer'),
    vendor_id: udev.get('ID_VENDOR_ID') ?? attribute('idVendor'),
    version: udev.get('ID_REVISION') ?? attribute('bcdDevice'),
    model: udev.get('ID_MODEL_FROM_DATABASE') ?? decodeUdev(udev.get('ID_MODEL') ?? attribute('product')),
    model_id: udev.get('ID_MODEL_ID') ?? attribute('idProduct'),
    serial: udev.get('ID_SERIAL_SHORT') ?? attribute('serial'),
    class: deviceClass,
    subclass,
    protocol,
    removable: attribute('removable') === 'unknown' ? -1 : 1,
  };
}

/** What is on the USB buses, hubs included. */
export const usbDevices = defineTable({
  name: 'usb_devices',
  description: 'Attached USB devices.',
  platforms: ['linux', 'macos'],
  examples: ["select vendor, model, serial from usb_devices where class != '9'"],
  columns: {
    usb_address: integer('Number of the bus'),
    usb_port: integer('Number of the device on the bus'),
    vendor: text('Vendor'),
    vendor_id: text('Number of the vendor, in hexadecimal', { collate: 'nocase' }),
    version: text('Release of the device, binary-coded decimal', { collate: 'version' }),
    model: text('Model'),
    model_id: text('Number of the model, in hexadecimal', { collate: 'nocase' }),
    serial: text('Serial number'),
    class: text('Kind of device; 0 when each of its interfaces has its own, 9 for a hub'),
    subclass: text('Kind within the kind'),
    protocol: text('Protocol of the kind'),
    removable: integer('1; -1 when the machine does not know whether it can be taken out'),
  },
  *generate({ files }) {
    for (const name of (quietly(() => files.readdir(devices)) ?? []).sort()) {
      const device = deviceIn(files, `${devices}/${name}`);
      if (device !== undefined) yield device;
    }
  },
});
