import { isIP } from 'node:net';

/** What a resolv.conf says, as glibc's resolver keeps it. */
export interface ResolverConfig {
  /** Addresses, at most three. */
  readonly nameservers: readonly string[];
  readonly search: readonly string[];
  /** Networks whose addresses are preferred, at most ten. */
  readonly sortlist: readonly { readonly address: string; readonly netmask: string }[];
  /** `_res.options`: the RES_ bits of resolv.h. */
  readonly options: number;
}

/** RES_INIT, RES_RECURSE, RES_DEFNAMES and RES_DNSRCH: what a resolver that has read its file begins with. */
const defaultOptions = 0x2c1;
const mostNameservers = 3;
const mostNetworks = 10;

/** Bits of the options resolv.conf(5) describes. Others, such as `timeout:2`, set no bit. */
const optionBits: ReadonlyMap<string, number> = new Map([
  ['debug', 0x2],
  ['use-vc', 0x8],
  ['rotate', 0x4000],
  ['edns0', 0x10_0000],
  ['single-request', 0x20_0000],
  ['single-request-reopen', 0x40_0000],
  ['no-tld-query', 0x100_0000],
  ['no-reload', 0x200_0000],
  ['trust-ad', 0x400_0000],
  ['no-aaaa', 0x800_0000],
]);

/** The mask of a network that names none: that of its class. */
function classMask(address: string): string {
  const first = Number.parseInt(address, 10);
  if (first < 128) return '255.0.0.0';
  return first < 192 ? '255.255.0.0' : '255.255.255.0';
}

function networkOf(word: string) {
  const [address = '', netmask = classMask(address)] = word.split(/[/&]/);
  return isIP(address) === 4 && isIP(netmask) === 4 ? [{ address, netmask }] : [];
}

/** Reads a resolv.conf (resolv.conf(5)). A keyword stands at the beginning of its line; what is no address is left out. */
export function parseResolvConf(content: string): ResolverConfig {
  const nameservers: string[] = [];
  const networks: { address: string; netmask: string }[] = [];
  let search: string[] = [];
  let options = defaultOptions;
  for (const line of content.split('\n')) {
    const [keyword, ...values] = line.trimEnd().split(/\s+/);
    const [first = ''] = values;
    if (keyword === 'nameserver' && isIP(first) !== 0) nameservers.push(first);
    // Either replaces what an earlier line said.
    else if (keyword === 'domain' && first !== '') search = [first];
    else if (keyword === 'search' && first !== '') search = values;
    else if (keyword === 'sortlist') networks.push(...values.flatMap(networkOf));
    else if (keyword === 'options') for (const name of values) options |= optionBits.get(name) ?? 0;
  }
  return {
    nameservers: nameservers.slice(0, mostNameservers),
    search,
    sortlist: networks.slice(0, mostNetworks),
    options,
  };
}
