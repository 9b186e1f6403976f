import type { FileView } from '@outpost/sdk';
import type { BlockDevice } from './block-devices.ts';
import { luksCipher, luksHeaderBytes } from './luks.ts';
import { readDevice } from './sys/device.ts';

/** Volumes lie upon volumes, but not more than that. */
const maxDepth = 16;

/** What cryptsetup calls kinds of mappings that check what they read but do not encrypt it. */
const checksOnly = new Set(['VERITY', 'INTEGRITY']);

/** The kind of an encrypted mapping, such as `LUKS2`: its UUID is `CRYPT-`, the kind and more. */
function cryptKind(device: BlockDevice): string | undefined {
  const kind = /^CRYPT-([^-]+)/.exec(device.attribute('dm/uuid'))?.[1];
  return kind === undefined || checksOnly.has(kind) ? undefined : kind;
}

/** The kind with the cipher; without where no header is on the volume below. */
function typeOf(files: FileView, kind: string, device: BlockDevice): string {
  if (!kind.startsWith('LUKS')) return kind;
  const [below] = device.parents();
  const header = below && readDevice(files, below.path, 0, luksHeaderBytes);
  const cipher = header && luksCipher(header);
  return cipher === undefined ? kind : `${kind}-${cipher}`;
}

/**
 * How what is written to a device is encrypted, such as `LUKS2-aes-xts-plain64`: by itself, or by what it lies upon. Undefined when
 * it is not.
 */
export function encryptionOf(files: FileView, device: BlockDevice, depth = 0): string | undefined {
  const kind = cryptKind(device);
  if (kind !== undefined) return typeOf(files, kind, device);
  if (depth === maxDepth) return undefined;
  for (const parent of device.parents()) {
    const type = encryptionOf(files, parent, depth + 1);
    if (type !== undefined) return type;
  }
  return undefined;
}
