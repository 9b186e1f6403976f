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
    name: 'cpu_time',
    aliases: [],
    module: at('./posix/cpu_time.ts'),
    load: async () => (await import('./posix/cpu_time.ts')).cpuTime,
  },
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
    name: 'kernel_info',
    aliases: [],
    module: at('./common/kernel_info.ts'),
    load: async () => (await import('./common/kernel_info.ts')).kernelInfo,
  },
  {
    name: 'kernel_keys',
    aliases: [],
    module: at('./linux/kernel_keys.ts'),
    load: async () => (await import('./linux/kernel_keys.ts')).kernelKeys,
  },
  {
    name: 'kernel_modules',
    aliases: [],
    module: at('./linux/kernel_modules.ts'),
    load: async () => (await import('./linux/kernel_modules.ts')).kernelModules,
  },
  {
    name: 'listening_ports',
    aliases: [],
    module: at('./common/listening_ports.ts'),
    load: async () => (await import('./common/listening_ports.ts')).listeningPorts,
  },
  {
    name: 'load_average',
    aliases: [],
    module: at('./posix/load_average.ts'),
    load: async () => (await import('./posix/load_average.ts')).loadAverage,
  },
  {
    name: 'memory_info',
    aliases: [],
    module: at('./linux/memory_info.ts'),
    load: async () => (await import('./linux/memory_info.ts')).memoryInfo,
  },
  {
    name: 'memory_map',
    aliases: [],
    module: at('./linux/memory_map.ts'),
    load: async () => (await import('./linux/memory_map.ts')).memoryMap,
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
    name: 'process_envs',
    aliases: [],
    module: at('./common/process_envs.ts'),
    load: async () => (await import('./common/process_envs.ts')).processEnvs,
  },
  {
    name: 'process_memory_map',
    aliases: [],
    module: at('./common/process_memory_map.ts'),
    load: async () => (await import('./common/process_memory_map.ts')).processMemoryMap,
  },
  {
    name: 'process_namespaces',
    aliases: [],
    module: at('./linux/process_namespaces.ts'),
    load: async () => (await import('./linux/process_namespaces.ts')).processNamespaces,
  },
  {
    name: 'process_open_files',
    aliases: [],
    module: at('./common/process_open_files.ts'),
    load: async () => (await import('./common/process_open_files.ts')).processOpenFiles,
  },
  {
    name: 'process_open_pipes',
    aliases: [],
    module: at('./linux/process_open_pipes.ts'),
    load: async () => (await import('./linux/process_open_pipes.ts')).processOpenPipes,
  },
  {
    name: 'process_open_sockets',
    aliases: [],
    module: at('./common/process_open_sockets.ts'),
    load: async () => (await import('./common/process_open_sockets.ts')).processOpenSockets,
  },
  {
    name: 'processes',
    aliases: [],
    module: at('./common/processes.ts'),
    load: async () => (await import('./common/processes.ts')).processes,
  },
  {
    name: 'shared_memory',
    aliases: [],
    module: at('./linux/shared_memory.ts'),
    load: async () => (await import('./linux/shared_memory.ts')).sharedMemory,
  },
  {
    name: 'time',
    aliases: [],
    module: at('./common/time.ts'),
    load: async () => (await import('./common/time.ts')).time,
  },
  {
    name: 'ulimit_info',
    aliases: [],
    module: at('./posix/ulimit_info.ts'),
    load: async () => (await import('./posix/ulimit_info.ts')).ulimitInfo,
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
