import type { AptSource } from './sources.ts';

/** Where a source is, without the protocol. */
export const placeOfSource = ({ uri }: AptSource): string => uri.slice(uri.indexOf('://') + 3);

/** Characters that apt writes as `%5f` in the name of a file, in lower case. */
const quoted = /[^!-~]|[\\|{}[\]<>"^~_=!@#$%&*]/g;
const quote = (character: string): string =>
  [...Buffer.from(character)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join('');

/**
 * How the names of the files begin that apt keeps of a source: its URI with slashes as underscores, without user name and password; a
 * suite that ends with a slash names a directory itself, any other one is below `dists`.
 */
export function cachePrefix(source: AptSource): string {
  const place = placeOfSource(source).replace(/^[^/@]*@/, '');
  const parts = source.suite.split('/').filter(part => part !== '');
  const below = source.suite.endsWith('/') ? parts : ['dists', ...parts];
  return `${[place, ...below].join('/').replace(quoted, quote).replaceAll('/', '_')}_`;
}

/** What a Release file says of its archive; empty where it does not. */
export interface Release {
  readonly release: string;
  readonly version: string;
  readonly maintainer: string;
  readonly components: string;
  readonly architectures: string;
}

/** Reads the head of a Release or InRelease file (Debian's repository format), which ends at the first list of digests. */
export function parseRelease(content: string): Release {
  const fields = new Map<string, string>();
  for (const line of content.split('\n')) {
    if (/^(?:MD5Sum|SHA\d+):|^-----BEGIN PGP SIGNATURE/.test(line)) break;
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  const field = (name: string): string => fields.get(name) ?? '';
  return {
    release: field('Codename'),
    version: field('Version'),
    maintainer: field('Origin'),
    components: field('Components'),
    architectures: field('Architectures'),
  };
}
