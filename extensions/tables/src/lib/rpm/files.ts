import { type RpmHeader, rpmTags } from './header.ts';

/** A file that a package owns. */
export interface RpmFile {
  readonly path: string;
  readonly user: string;
  readonly group: string;
  readonly mode: number | undefined;
  /** In bytes. */
  readonly size: number | undefined;
  /** In hexadecimal; empty for what is no regular file, and where the package has digests of another kind. */
  readonly sha256: string;
}

/** The number of SHA-256 in OpenPGP (RFC 9580, 9.5), which rpm uses. */
const sha256Algorithm = 8;

/** Paths are in two parts, since many files share a directory; old packages have them whole. */
function pathsOf(header: RpmHeader): string[] {
  const bases = header.texts(rpmTags.baseNames);
  if (bases.length === 0) return header.texts(rpmTags.oldFileNames);
  const directories = header.texts(rpmTags.directoryNames);
  const indexes = header.numbers(rpmTags.directoryIndexes);
  return bases.map((base, index) => `${directories[indexes[index] ?? -1] ?? ''}${base}`);
}

/** The files of a package, in its order. */
export function* filesOf(header: RpmHeader): Generator<RpmFile> {
  const users = header.texts(rpmTags.fileUsers);
  const groups = header.texts(rpmTags.fileGroups);
  const modes = header.numbers(rpmTags.fileModes);
  const sizes = header.numbers(rpmTags.fileSizes);
  const longSizes = sizes.length === 0 ? header.numbers(rpmTags.longFileSizes) : sizes;
  const isSha256 = header.number(rpmTags.fileDigestAlgorithm) === sha256Algorithm;
  const digests = isSha256 ? header.texts(rpmTags.fileDigests) : [];
  for (const [index, path] of pathsOf(header).entries())
    yield {
      path,
      user: users[index] ?? '',
      group: groups[index] ?? '',
      mode: modes[index],
      size: longSizes[index],
      sha256: digests[index] ?? '',
    };
}
