import type { FileView } from '@outpost/sdk';
import { quietly } from './quietly.ts';

/** Where settings are, the most important directory first (sysctl.d(5)). */
const directories = ['/etc/sysctl.d', '/run/sysctl.d', '/usr/local/lib/sysctl.d', '/usr/lib/sysctl.d', '/lib/sysctl.d'];
/** Applied last, by sysctl(8). */
const mainFile = '/etc/sysctl.conf';
/** The files of /proc/sys are no deeper; the limit is for a file system that somebody mounted there. */
const maxDepth = 12;
const root = '/proc/sys';

/** A setting of the kernel. */
export interface Control {
  /** The parts of its path below /proc/sys with dots between them. */
  readonly name: string;
  readonly path: string;
}

/** The settings in a configuration file (sysctl.d(5)), by name; of several for one name the last. */
export function* parseSysctlConf(content: string): Generator<readonly [name: string, value: string]> {
  for (const line of content.split('\n')) {
    const equals = line.indexOf('=');
    if (equals < 0 || /^\s*[#;]/.test(line)) continue;
    // A minus before the name means that a failure does not matter.
    const name = line.slice(0, equals).trim().replace(/^-\s*/, '');
    if (name !== '') yield [name.replaceAll('/', '.'), line.slice(equals + 1).trim()];
  }
}

/** The configured settings: files count in the order of their names, whatever directory they are in, and later ones win. */
export function configuredControls(files: FileView): Map<string, string> {
  const found = new Map<string, string>();
  for (const directory of directories)
    for (const name of quietly(() => files.readdir(directory)) ?? [])
      if (name.endsWith('.conf') && !found.has(name)) found.set(name, `${directory}/${name}`);
  const paths = [...found].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, path]) => path);
  const settings = new Map<string, string>();
  for (const path of [...paths, mainFile])
    for (const [name, value] of parseSysctlConf(quietly(() => files.readTextIfPresent(path)) ?? ''))
      settings.set(name, value);
  return settings;
}

/** The settings below a directory of /proc/sys, which are named after `parents`. */
function* controlsBelow(files: FileView, parents: readonly string[]): Generator<Control> {
  if (parents.length > maxDepth) return;
  for (const entry of quietly(() => files.readdirTypes([root, ...parents].join('/'))) ?? []) {
    const parts = [...parents, entry.name];
    if (entry.isDirectory()) yield* controlsBelow(files, parts);
    else if (entry.isFile()) yield { name: parts.join('.'), path: [root, ...parts].join('/') };
  }
}

/** All settings, or those of some subsystems: the directories in /proc/sys. */
export function* allControls(files: FileView, subsystems?: readonly string[]): Generator<Control> {
  for (const entry of files.readdirTypes(root))
    if (entry.isDirectory() && subsystems?.includes(entry.name) !== false) yield* controlsBelow(files, [entry.name]);
}

/** The setting of a name. A part of its path may hold dots itself, such as `eth0.100`. Undefined when there is none. */
export function findControl(files: FileView, name: string): Control | undefined {
  const search = (directory: string, rest: string, depth: number): string | undefined => {
    if (depth > maxDepth) return undefined;
    for (const entry of quietly(() => files.readdirTypes(directory)) ?? []) {
      const path = `${directory}/${entry.name}`;
      if (entry.name === rest && entry.isFile()) return path;
      if (!entry.isDirectory() || !rest.startsWith(`${entry.name}.`)) continue;
      const found = search(path, rest.slice(entry.name.length + 1), depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const path = search(root, name, 0);
  return path === undefined ? undefined : { name, path };
}
