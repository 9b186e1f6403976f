import { defineTable, type FileView, text } from '@outpost/sdk';
import { quietly } from '../lib/quietly.ts';
import { allControls, type Control, configuredControls, findControl } from '../lib/sysctl.ts';

/** No setting is longer; reading more of one is of no use. */
const maxBytes = 1 << 20;

/** The value of a setting; undefined for one that can only be written, or that the kernel keeps to itself. */
const readValue = (files: FileView, path: string): string | undefined =>
  quietly(() => files.readTextIfPresent(path, { maxBytes }))?.trim();

/** What a query can say about which settings it wants. */
interface Wanted {
  equals(column: 'name' | 'subsystem'): readonly string[] | undefined;
  readonly files: FileView;
}

function controlsOf(context: Wanted): Iterable<Control> {
  const names = context.equals('name');
  if (names === undefined) return allControls(context.files, context.equals('subsystem'));
  return names.flatMap(name => findControl(context.files, name) ?? []);
}

/** The settings below /proc/sys. */
export const systemControls = defineTable({
  name: 'system_controls',
  description: 'Kernel sysctl values with the configured value, if any.',
  platforms: ['linux', 'macos'],
  examples: [
    "select current_value from system_controls where name = 'kernel.randomize_va_space'",
    "select name, current_value, config_value from system_controls where config_value != '' and config_value != current_value",
  ],
  columns: {
    name: text('Name, such as net.ipv4.ip_forward', { index: true }),
    oid: text('Always empty on Linux', { additional: true }),
    subsystem: text('First part of the name', { additional: true }),
    current_value: text('Value in force; null when it cannot be read'),
    config_value: text('Value that sysctl.conf and sysctl.d give it at the start of the machine; empty for none'),
    type: text('Always string on Linux'),
    field_name: text('Name of a part of a structure', { platforms: ['macos'] }),
  },
  *generate(context) {
    const { files } = context;
    const configured = context.used('config_value') ? configuredControls(files) : new Map<string, string>();
    const withValue = context.used('current_value');
    for (const { name, path } of controlsOf(context)) {
      if (context.aborted) return;
      yield {
        name,
        oid: '',
        subsystem: name.slice(0, name.indexOf('.')),
        current_value: withValue ? readValue(files, path) : undefined,
        config_value: configured.get(name) ?? '',
        type: 'string',
      };
    }
  },
});
