/** Where the superblock is, and how many bytes of it {@link parseExtSuperblock} looks at. */
export const extSuperblock = { offset: 1024, bytes: 1024 } as const;

/** What an ext2, ext3 or ext4 file system says of itself. */
export interface ExtFileSystem {
  readonly type: 'ext2' | 'ext3' | 'ext4';
  readonly blockBytes: number;
  readonly blocks: number;
  readonly inodes: number;
}

const magic = 0xef53;
const compatibleJournal = 0x4;
const incompatible64Bit = 0x80;
/** Extents, 64 bits, flexible groups: what only ext4 knows. */
const onlyExt4 = 0x40 | incompatible64Bit | 0x200;

/** Parses a superblock (the kernel's Documentation/filesystems/ext4/super.rst); undefined when it is none. */
export function parseExtSuperblock(bytes: Buffer): ExtFileSystem | undefined {
  if (bytes.length < extSuperblock.bytes || bytes.readUInt16LE(56) !== magic) return undefined;
  const logBlockBytes = bytes.readUInt32LE(24);
  if (logBlockBytes > 6) return undefined;
  const compatible = bytes.readUInt32LE(92);
  const incompatible = bytes.readUInt32LE(96);
  const high = incompatible & incompatible64Bit ? bytes.readUInt32LE(336) : 0;
  const older = compatible & compatibleJournal ? 'ext3' : 'ext2';
  return {
    type: incompatible & onlyExt4 ? 'ext4' : older,
    blockBytes: 1024 << logBlockBytes,
    blocks: high * 2 ** 32 + bytes.readUInt32LE(4),
    inodes: bytes.readUInt32LE(0),
  };
}
