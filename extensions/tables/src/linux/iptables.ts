import { defineTable, integer, text } from '@outpost/sdk';
import { type Chain, chainsOf } from '../lib/iptables/chains.ts';
import { trimmedLines } from '../lib/lines.ts';
import { Losses } from '../lib/losses.ts';
import { readIptables } from '../lib/sys/iptables.ts';

/** The tables that are in use; asking for another one would load it. */
const tableNames = '/proc/net/ip_tables_names';

const columnsOf = ({ packets, bytes }: Chain['counters']) => ({ packets: Number(packets), bytes: Number(bytes) });

/** Rules of iptables, those of its first form: what iptables-nft or nft sets up is not here. */
export const iptables = defineTable({
  name: 'iptables',
  description: 'Chains and rules of the legacy IPv4 iptables tables.',
  platforms: ['linux'],
  examples: [
    "select chain, policy from iptables where filter_name = 'filter' and match is null",
    "select chain, target, protocol, src_ip, src_mask, dst_port from iptables where chain = 'INPUT' and target = 'ACCEPT'",
  ],
  columns: {
    filter_name: text('Name of the table'),
    chain: text('Name of the chain'),
    policy: text('What becomes of packets that no rule of the chain is about; empty for chains that somebody made'),
    target: text('What the rule does: a verdict, a chain, an extension'),
    protocol: integer('Number of the protocol, 0 for all'),
    src_port: text('Range of source ports, as 1000:2000; with ! for all others'),
    dst_port: text('Range of destination ports'),
    src_ip: text('Source; with ! for all others'),
    src_mask: text('Mask of the source'),
    iniface: text('Interface that packets come by; with ! for all others'),
    iniface_mask: text('Which letters of its name count, in hexadecimal'),
    dst_ip: text('Destination; with ! for all others'),
    dst_mask: text('Mask of the destination'),
    outiface: text('Interface that packets leave by; with ! for all others'),
    outiface_mask: text('Which letters of its name count, in hexadecimal'),
    match: text('yes for a rule; null for the row about the chain itself, which comes after its rules'),
    packets: integer('Packets the rule was about; the policy, in the row about the chain'),
    bytes: integer('Their bytes'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    const names = losses.attempt(tableNames, () => context.files.readTextIfPresent(tableNames)) ?? '';
    for (const filter_name of trimmedLines(names))
      for (const chain of losses.attempt(filter_name, () => chainsOf(readIptables(filter_name))) ?? []) {
        const place = { filter_name, chain: chain.name, policy: chain.policy };
        for (const { target, counters, columns } of chain.rules)
          yield { ...place, target, ...columns, match: 'yes', ...columnsOf(counters) };
        yield { ...place, ...columnsOf(chain.counters) };
      }
    losses.report(context);
  },
});
