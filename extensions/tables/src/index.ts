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
    name: 'acpi_tables',
    aliases: [],
    module: at('./posix/acpi_tables.ts'),
    load: async () => (await import('./posix/acpi_tables.ts')).acpiTables,
  },
  {
    name: 'apparmor_profiles',
    aliases: [],
    module: at('./linux/apparmor_profiles.ts'),
    load: async () => (await import('./linux/apparmor_profiles.ts')).apparmorProfiles,
  },
  {
    name: 'apt_sources',
    aliases: [],
    module: at('./linux/apt_sources.ts'),
    load: async () => (await import('./linux/apt_sources.ts')).aptSources,
  },
  {
    name: 'arp_cache',
    aliases: [],
    module: at('./common/arp_cache.ts'),
    load: async () => (await import('./common/arp_cache.ts')).arpCache,
  },
  {
    name: 'authorized_keys',
    aliases: [],
    module: at('./posix/authorized_keys.ts'),
    load: async () => (await import('./posix/authorized_keys.ts')).authorizedKeys,
  },
  {
    name: 'block_devices',
    aliases: [],
    module: at('./posix/block_devices.ts'),
    load: async () => (await import('./posix/block_devices.ts')).blockDevices,
  },
  {
    name: 'carbon_black_info',
    aliases: ['cb_info'],
    module: at('./common/carbon_black_info.ts'),
    load: async () => (await import('./common/carbon_black_info.ts')).carbonBlackInfo,
  },
  {
    name: 'certificates',
    aliases: [],
    module: at('./common/certificates.ts'),
    load: async () => (await import('./common/certificates.ts')).certificates,
  },
  {
    name: 'chrome_extension_content_scripts',
    aliases: [],
    module: at('./common/chrome_extension_content_scripts.ts'),
    load: async () => (await import('./common/chrome_extension_content_scripts.ts')).chromeExtensionContentScripts,
  },
  {
    name: 'chrome_extensions',
    aliases: [],
    module: at('./common/chrome_extensions.ts'),
    load: async () => (await import('./common/chrome_extensions.ts')).chromeExtensions,
  },
  {
    name: 'cpu_info',
    aliases: [],
    module: at('./common/cpu_info.ts'),
    load: async () => (await import('./common/cpu_info.ts')).cpuInfo,
  },
  {
    name: 'cpu_time',
    aliases: [],
    module: at('./posix/cpu_time.ts'),
    load: async () => (await import('./posix/cpu_time.ts')).cpuTime,
  },
  {
    name: 'cpuid',
    aliases: [],
    module: at('./common/cpuid.ts'),
    load: async () => (await import('./common/cpuid.ts')).cpuid,
  },
  {
    name: 'crontab',
    aliases: [],
    module: at('./posix/crontab.ts'),
    load: async () => (await import('./posix/crontab.ts')).crontab,
  },
  {
    name: 'deb_package_files',
    aliases: [],
    module: at('./linux/deb_package_files.ts'),
    load: async () => (await import('./linux/deb_package_files.ts')).debPackageFiles,
  },
  {
    name: 'deb_packages',
    aliases: [],
    module: at('./linux/deb_packages.ts'),
    load: async () => (await import('./linux/deb_packages.ts')).debPackages,
  },
  {
    name: 'device_partitions',
    aliases: [],
    module: at('./common/device_partitions.ts'),
    load: async () => (await import('./common/device_partitions.ts')).devicePartitions,
  },
  {
    name: 'disk_encryption',
    aliases: [],
    module: at('./posix/disk_encryption.ts'),
    load: async () => (await import('./posix/disk_encryption.ts')).diskEncryption,
  },
  {
    name: 'dns_resolvers',
    aliases: [],
    module: at('./posix/dns_resolvers.ts'),
    load: async () => (await import('./posix/dns_resolvers.ts')).dnsResolvers,
  },
  {
    name: 'etc_hosts',
    aliases: ['hosts'],
    module: at('./common/etc_hosts.ts'),
    load: async () => (await import('./common/etc_hosts.ts')).etcHosts,
  },
  {
    name: 'etc_protocols',
    aliases: [],
    module: at('./common/etc_protocols.ts'),
    load: async () => (await import('./common/etc_protocols.ts')).etcProtocols,
  },
  {
    name: 'etc_services',
    aliases: [],
    module: at('./common/etc_services.ts'),
    load: async () => (await import('./common/etc_services.ts')).etcServices,
  },
  {
    name: 'extended_attributes',
    aliases: [],
    module: at('./posix/extended_attributes.ts'),
    load: async () => (await import('./posix/extended_attributes.ts')).extendedAttributes,
  },
  {
    name: 'file',
    aliases: [],
    module: at('./common/file.ts'),
    load: async () => (await import('./common/file.ts')).file,
  },
  {
    name: 'firefox_addons',
    aliases: [],
    module: at('./common/firefox_addons.ts'),
    load: async () => (await import('./common/firefox_addons.ts')).firefoxAddons,
  },
  {
    name: 'groups',
    aliases: [],
    module: at('./common/groups.ts'),
    load: async () => (await import('./common/groups.ts')).groups,
  },
  {
    name: 'hash',
    aliases: [],
    module: at('./common/hash.ts'),
    load: async () => (await import('./common/hash.ts')).hash,
  },
  {
    name: 'intel_me_info',
    aliases: [],
    module: at('./common/intel_me_info.ts'),
    load: async () => (await import('./common/intel_me_info.ts')).intelMeInfo,
  },
  {
    name: 'interface_ipv6',
    aliases: [],
    module: at('./common/interface_ipv6.ts'),
    load: async () => (await import('./common/interface_ipv6.ts')).interfaceIpv6,
  },
  {
    name: 'jetbrains_plugins',
    aliases: [],
    module: at('./common/jetbrains_plugins.ts'),
    load: async () => (await import('./common/jetbrains_plugins.ts')).jetbrainsPlugins,
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
    name: 'known_hosts',
    aliases: [],
    module: at('./posix/known_hosts.ts'),
    load: async () => (await import('./posix/known_hosts.ts')).knownHosts,
  },
  {
    name: 'last',
    aliases: [],
    module: at('./posix/last.ts'),
    load: async () => (await import('./posix/last.ts')).last,
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
    name: 'logged_in_users',
    aliases: [],
    module: at('./common/logged_in_users.ts'),
    load: async () => (await import('./common/logged_in_users.ts')).loggedInUsers,
  },
  {
    name: 'magic',
    aliases: [],
    module: at('./posix/magic.ts'),
    load: async () => (await import('./posix/magic.ts')).magic,
  },
  {
    name: 'md_devices',
    aliases: [],
    module: at('./linux/md_devices.ts'),
    load: async () => (await import('./linux/md_devices.ts')).mdDevices,
  },
  {
    name: 'md_drives',
    aliases: [],
    module: at('./linux/md_drives.ts'),
    load: async () => (await import('./linux/md_drives.ts')).mdDrives,
  },
  {
    name: 'md_personalities',
    aliases: [],
    module: at('./linux/md_personalities.ts'),
    load: async () => (await import('./linux/md_personalities.ts')).mdPersonalities,
  },
  {
    name: 'memory_array_mapped_addresses',
    aliases: [],
    module: at('./posix/memory_array_mapped_addresses.ts'),
    load: async () => (await import('./posix/memory_array_mapped_addresses.ts')).memoryArrayMappedAddresses,
  },
  {
    name: 'memory_arrays',
    aliases: [],
    module: at('./posix/memory_arrays.ts'),
    load: async () => (await import('./posix/memory_arrays.ts')).memoryArrays,
  },
  {
    name: 'memory_device_mapped_addresses',
    aliases: [],
    module: at('./posix/memory_device_mapped_addresses.ts'),
    load: async () => (await import('./posix/memory_device_mapped_addresses.ts')).memoryDeviceMappedAddresses,
  },
  {
    name: 'memory_devices',
    aliases: [],
    module: at('./common/memory_devices.ts'),
    load: async () => (await import('./common/memory_devices.ts')).memoryDevices,
  },
  {
    name: 'memory_error_info',
    aliases: [],
    module: at('./posix/memory_error_info.ts'),
    load: async () => (await import('./posix/memory_error_info.ts')).memoryErrorInfo,
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
    name: 'msr',
    aliases: [],
    module: at('./linux/msr.ts'),
    load: async () => (await import('./linux/msr.ts')).msr,
  },
  {
    name: 'npm_packages',
    aliases: [],
    module: at('./common/npm_packages.ts'),
    load: async () => (await import('./common/npm_packages.ts')).npmPackages,
  },
  {
    name: 'oem_strings',
    aliases: [],
    module: at('./posix/oem_strings.ts'),
    load: async () => (await import('./posix/oem_strings.ts')).oemStrings,
  },
  {
    name: 'os_version',
    aliases: [],
    module: at('./common/os_version.ts'),
    load: async () => (await import('./common/os_version.ts')).osVersion,
  },
  {
    name: 'pci_devices',
    aliases: [],
    module: at('./posix/pci_devices.ts'),
    load: async () => (await import('./posix/pci_devices.ts')).pciDevices,
  },
  {
    name: 'platform_info',
    aliases: [],
    module: at('./common/platform_info.ts'),
    load: async () => (await import('./common/platform_info.ts')).platformInfo,
  },
  {
    name: 'portage_keywords',
    aliases: [],
    module: at('./linux/portage_keywords.ts'),
    load: async () => (await import('./linux/portage_keywords.ts')).portageKeywords,
  },
  {
    name: 'portage_packages',
    aliases: [],
    module: at('./linux/portage_packages.ts'),
    load: async () => (await import('./linux/portage_packages.ts')).portagePackages,
  },
  {
    name: 'portage_use',
    aliases: [],
    module: at('./linux/portage_use.ts'),
    load: async () => (await import('./linux/portage_use.ts')).portageUse,
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
    name: 'python_packages',
    aliases: [],
    module: at('./common/python_packages.ts'),
    load: async () => (await import('./common/python_packages.ts')).pythonPackages,
  },
  {
    name: 'rpm_package_files',
    aliases: [],
    module: at('./linux/rpm_package_files.ts'),
    load: async () => (await import('./linux/rpm_package_files.ts')).rpmPackageFiles,
  },
  {
    name: 'rpm_packages',
    aliases: [],
    module: at('./linux/rpm_packages.ts'),
    load: async () => (await import('./linux/rpm_packages.ts')).rpmPackages,
  },
  {
    name: 'secureboot',
    aliases: [],
    module: at('./common/secureboot.ts'),
    load: async () => (await import('./common/secureboot.ts')).secureboot,
  },
  {
    name: 'secureboot_certificates',
    aliases: [],
    module: at('./linux/secureboot_certificates.ts'),
    load: async () => (await import('./linux/secureboot_certificates.ts')).securebootCertificates,
  },
  {
    name: 'selinux_settings',
    aliases: [],
    module: at('./linux/selinux_settings.ts'),
    load: async () => (await import('./linux/selinux_settings.ts')).selinuxSettings,
  },
  {
    name: 'shadow',
    aliases: [],
    module: at('./linux/shadow.ts'),
    load: async () => (await import('./linux/shadow.ts')).shadow,
  },
  {
    name: 'shared_memory',
    aliases: [],
    module: at('./linux/shared_memory.ts'),
    load: async () => (await import('./linux/shared_memory.ts')).sharedMemory,
  },
  {
    name: 'shell_history',
    aliases: [],
    module: at('./posix/shell_history.ts'),
    load: async () => (await import('./posix/shell_history.ts')).shellHistory,
  },
  {
    name: 'smbios_tables',
    aliases: [],
    module: at('./posix/smbios_tables.ts'),
    load: async () => (await import('./posix/smbios_tables.ts')).smbiosTables,
  },
  {
    name: 'ssh_configs',
    aliases: [],
    module: at('./common/ssh_configs.ts'),
    load: async () => (await import('./common/ssh_configs.ts')).sshConfigs,
  },
  {
    name: 'startup_items',
    aliases: [],
    module: at('./common/startup_items.ts'),
    load: async () => (await import('./common/startup_items.ts')).startupItems,
  },
  {
    name: 'sudoers',
    aliases: [],
    module: at('./posix/sudoers.ts'),
    load: async () => (await import('./posix/sudoers.ts')).sudoers,
  },
  {
    name: 'suid_bin',
    aliases: [],
    module: at('./posix/suid_bin.ts'),
    load: async () => (await import('./posix/suid_bin.ts')).suidBin,
  },
  {
    name: 'system_controls',
    aliases: [],
    module: at('./posix/system_controls.ts'),
    load: async () => (await import('./posix/system_controls.ts')).systemControls,
  },
  {
    name: 'system_info',
    aliases: [],
    module: at('./common/system_info.ts'),
    load: async () => (await import('./common/system_info.ts')).systemInfo,
  },
  {
    name: 'systemd_units',
    aliases: [],
    module: at('./linux/systemd_units.ts'),
    load: async () => (await import('./linux/systemd_units.ts')).systemdUnits,
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
    name: 'usb_devices',
    aliases: [],
    module: at('./posix/usb_devices.ts'),
    load: async () => (await import('./posix/usb_devices.ts')).usbDevices,
  },
  {
    name: 'user_groups',
    aliases: [],
    module: at('./common/user_groups.ts'),
    load: async () => (await import('./common/user_groups.ts')).userGroups,
  },
  {
    name: 'user_ssh_keys',
    aliases: [],
    module: at('./common/user_ssh_keys.ts'),
    load: async () => (await import('./common/user_ssh_keys.ts')).userSshKeys,
  },
  {
    name: 'users',
    aliases: [],
    module: at('./common/users.ts'),
    load: async () => (await import('./common/users.ts')).users,
  },
  {
    name: 'vscode_extensions',
    aliases: [],
    module: at('./common/vscode_extensions.ts'),
    load: async () => (await import('./common/vscode_extensions.ts')).vscodeExtensions,
  },
  {
    name: 'yum_sources',
    aliases: [],
    module: at('./linux/yum_sources.ts'),
    load: async () => (await import('./linux/yum_sources.ts')).yumSources,
  },
];

/** The `file:` URL of the module that expands patterns of paths, for tables that a configuration makes. */
export const patternsModule = at('./lib/glob.ts');
