import { libc } from './libc.ts';
import { Socket } from './sockets.ts';

const internet = 2;
const datagram = 2;
/** SIOCETHTOOL of linux/sockios.h. */
const controlRequest = 0x8946;
/** ETHTOOL_GDRVINFO of linux/ethtool.h, and the fields of `struct ethtool_drvinfo`. */
const driverInfo = { command: 3, bytes: 196, bus: 100, busEnd: 132 } as const;
const timeoutMs = 1000;
/** `struct ifreq`: a name of 16 bytes with its NUL, and a pointer. */
const request = { bytes: 40, longestName: 15, pointer: 16 } as const;

/** Where on its bus the device of an interface is, such as `0000:00:03.0`. @throws Error when it does not say, as `lo` */
export function busOf(name: string): string {
  if (Buffer.byteLength(name) > request.longestName) throw new RangeError(`${name} is no name of an interface`);
  const { koffi } = libc();
  const info = Buffer.alloc(driverInfo.bytes);
  info.writeUInt32LE(driverInfo.command, 0);
  const argument = Buffer.alloc(request.bytes);
  argument.write(name, 0);
  argument.writeBigUInt64LE(BigInt(koffi.address(info)), request.pointer);
  using socket = new Socket({ domain: internet, type: datagram }, timeoutMs);
  socket.control(controlRequest, argument);
  return info.toString('latin1', driverInfo.bus, driverInfo.busEnd).replace(/\0.*$/s, '');
}
