import { isIPv4 } from 'node:net';
import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { parseResolvConf, type ResolverConfig } from '../lib/resolver.ts';

function* rowsOf({ nameservers, sortlist, search, options }: ResolverConfig) {
  for (const [id, address] of nameservers.entries())
    yield { id, type: 'nameserver', address, netmask: isIPv4(address) ? '32' : '128', options };
  for (const [id, { address, netmask }] of sortlist.entries())
    yield { id, type: 'sortlist', address, netmask, options };
  for (const [id, address] of search.entries()) yield { id, type: 'search', address, netmask: '', options };
}

/** Who answers this machine's questions for names. */
export const dnsResolvers = defineTable({
  name: 'dns_resolvers',
  description: 'Name servers, search domains and sort list of the resolver.',
  platforms: ['linux', 'macos'],
  examples: ["select address from dns_resolvers where type = 'nameserver'"],
  columns: {
    id: integer('Position among the rows of its type, from 0'),
    type: text('nameserver, sortlist or search'),
    address: text('Address of the name server or network, or the domain to search'),
    netmask: text('Bits of a name server’s address that matter (all: 32 or 128), or the mask of a network'),
    options: bigint('Bits of the options in force, as RES_ in resolv.h'),
    ...pidWithNamespace,
  },
  *generate(context) {
    for (const { files, pid } of placesOf(context))
      for (const row of rowsOf(parseResolvConf(files.readTextIfPresent('/etc/resolv.conf') ?? '')))
        yield { ...row, pid_with_namespace: pid };
  },
});
