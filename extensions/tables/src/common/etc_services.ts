import { defineTable, integer, text } from '@outpost/sdk';
import { parseNetdb } from '../lib/netdb.ts';

/** Names of ports. */
export const etcServices = defineTable({
  name: 'etc_services',
  description: 'Lines of /etc/services.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: ['select name from etc_services where port = 22'],
  columns: {
    name: text('Name of the service'),
    port: integer('Its port'),
    protocol: text('The protocol the port belongs to, such as tcp'),
    aliases: text('Other names, separated by spaces'),
    comment: text('What the line says after #'),
  },
  *generate(context) {
    const content = context.files.readTextIfPresent('/etc/services') ?? '';
    for (const { name, value, aliases, comment } of parseNetdb(content)) {
      const [, port, protocol] = /^(\d+)\/(\w+)$/.exec(value) ?? [];
      if (port !== undefined) yield { name, port: Number(port), protocol, aliases, comment };
    }
  },
});
