import { defineTable, integer, text } from '@outpost/sdk';
import { parseNetdb } from '../lib/netdb.ts';

/** Names of the protocols above IP. */
export const etcProtocols = defineTable({
  name: 'etc_protocols',
  description: 'Lines of /etc/protocols.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: ["select number from etc_protocols where name = 'udp'"],
  columns: {
    name: text('Name of the protocol'),
    number: integer('Its number in the header of an IP packet'),
    alias: text('Other names, separated by spaces'),
    comment: text('What the line says after #'),
  },
  *generate(context) {
    const content = context.files.readTextIfPresent('/etc/protocols') ?? '';
    for (const { name, value, aliases, comment } of parseNetdb(content))
      if (/^\d+$/.test(value)) yield { name, number: Number(value), alias: aliases, comment };
  },
});
