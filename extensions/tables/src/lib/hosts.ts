/** One line of a hosts file. */
export interface HostsLine {
  readonly address: string;
  /** The names, separated by single spaces. */
  readonly hostnames: string;
}

/** The lines of a hosts file (hosts(5)); a comment reaches from `#` to the end of its line. */
export function* parseHosts(content: string): Generator<HostsLine> {
  for (const line of content.split('\n')) {
    const comment = line.indexOf('#');
    const words = (comment < 0 ? line : line.slice(0, comment)).trim().split(/\s+/);
    const [address = '', ...names] = words;
    if (names.length > 0) yield { address, hostnames: names.join(' ') };
  }
}
