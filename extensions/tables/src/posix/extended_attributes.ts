import { defineTable, type FileView, integer, text } from '@outpost/sdk';
import { capabilityText } from '../lib/capabilities.ts';
import { Losses } from '../lib/losses.ts';
import { selectedPaths } from '../lib/path-constraints.ts';
import { absolutePath, filenameOf, parentOf } from '../lib/paths.ts';
import { attributeNames, attributeValue } from '../lib/sys/xattr.ts';

/** The path of a file for a system call, which knows no root but this machine's; a link at its end stays. */
function hostPath(files: FileView, path: string): string {
  if (files.root === '/') return path;
  if (path.endsWith('/')) return `${files.root}${files.realpath(path) ?? path}`;
  return `${files.root}${files.realpath(parentOf(path)) ?? parentOf(path)}/${filenameOf(path)}`;
}

/** Printable ASCII and one NUL at the end, as programs write that take attributes for strings. */
const printable = /^[ -~]*\0$/;

/** The value as a row shows it, and whether that is base64. */
function shown(name: string, value: Buffer): { value: string; base64: number } {
  const capabilities = name === 'security.capability' ? capabilityText(value) : undefined;
  if (capabilities !== undefined) return { value: capabilities, base64: 0 };
  const characters = value.toString('latin1');
  return printable.test(characters)
    ? { value: characters.slice(0, -1), base64: 0 }
    : { value: value.toString('base64'), base64: 1 };
}

/** What file systems keep beside a file's content: labels of SELinux, capabilities, access control lists, marks of users. */
export const extendedAttributes = defineTable({
  name: 'extended_attributes',
  description: 'Extended attributes (and file capabilities) of given files.',
  platforms: ['linux', 'macos'],
  examples: [
    "select path, value from extended_attributes where path like '/usr/bin/%' and key = 'security.capability'",
    "select * from extended_attributes where directory = '/tmp'",
  ],
  columns: {
    path: text('Path, or a LIKE or GLOB pattern of paths', { required: true, optimized: true }),
    directory: text('Its directory, or a LIKE or GLOB pattern of directories', { required: true, optimized: true }),
    key: text('Name of the attribute'),
    value: text('Its value: capabilities in words, text as it is, everything else in base64'),
    base64: integer('1 when the value is in base64'),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be asked for attributes');
    for (const { path, directory } of selectedPaths(context, files)) {
      if (context.aborted) return;
      if (path === '' || losses.attempt(path, () => files.lstat(absolutePath(path))) === undefined) continue;
      const place = hostPath(files, absolutePath(path));
      for (const key of losses.attempt(path, () => attributeNames(place)) ?? []) {
        const value = losses.attempt(path, () => attributeValue(place, key));
        if (value !== undefined) yield { path, directory, key, ...shown(key, value) };
      }
    }
    losses.report(context);
  },
});
