import type { TableDefinition } from '@outpost/sdk';

/** A table and where its definition is. Nothing of a table is loaded before `load` is called. */
export interface TableEntry {
  readonly name: string;
  readonly aliases: readonly string[];
  /** The `file:` URL of the module, which exports one definition. */
  readonly module: string;
  readonly load: () => Promise<TableDefinition>;
}

const at = (path: string): string => new URL(path, import.meta.url).href;

/**
 * Every table of this package. The list is written by hand, so that start-up reads no directory and a bundler sees each import;
 * a test compares it with the definitions.
 */
export const tables: readonly TableEntry[] = [
  {
    name: 'deb_packages',
    aliases: [],
    module: at('./linux/deb_packages.ts'),
    load: async () => (await import('./linux/deb_packages.ts')).debPackages,
  },
  {
    name: 'etc_hosts',
    aliases: ['hosts'],
    module: at('./common/etc_hosts.ts'),
    load: async () => (await import('./common/etc_hosts.ts')).etcHosts,
  },
  {
    name: 'file',
    aliases: [],
    module: at('./common/file.ts'),
    load: async () => (await import('./common/file.ts')).file,
  },
  {
    name: 'hash',
    aliases: [],
    module: at('./common/hash.ts'),
    load: async () => (await import('./common/hash.ts')).hash,
  },
  {
    name: 'listening_ports',
    aliases: [],
    module: at('./common/listening_ports.ts'),
    load: async () => (await import('./common/listening_ports.ts')).listeningPorts,
  },
  {
    name: 'mounts',
    aliases: [],
    module: at('./posix/mounts.ts'),
    load: async () => (await import('./posix/mounts.ts')).mounts,
  },
  {
    name: 'os_version',
    aliases: [],
    module: at('./common/os_version.ts'),
    load: async () => (await import('./common/os_version.ts')).osVersion,
  },
  {
    name: 'processes',
    aliases: [],
    module: at('./common/processes.ts'),
    load: async () => (await import('./common/processes.ts')).processes,
  },
  {
    name: 'time',
    aliases: [],
    module: at('./common/time.ts'),
    load: async () => (await import('./common/time.ts')).time,
  },
  {
    name: 'uptime',
    aliases: [],
    module: at('./common/uptime.ts'),
    load: async () => (await import('./common/uptime.ts')).uptime,
  },
  {
    name: 'users',
    aliases: [],
    module: at('./common/users.ts'),
    load: async () => (await import('./common/users.ts')).users,
  },
];
