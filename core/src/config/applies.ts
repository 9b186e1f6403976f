/** The machine and the agent, as far as packs and queries ask for them. */
export interface HostFacts {
  /** osquery's name of the platform: `linux`, `darwin` or `windows`. */
  readonly platform: string;
  /** The version of osquery that the agent is compatible with. */
  readonly version: string;
  /** 0 to 100. */
  readonly shard: number;
}

/** The version of osquery whose packs the agent runs. */
export const compatibleVersion = '5.23.0';

/** Whether something for `platform` is for this machine. The tests are for substrings, as in osquery: `darwin,linux` is a list. */
export function platformApplies(platform: string, host: HostFacts): boolean {
  if (platform === '' || platform === 'null') return true;
  const names = ['any', 'all', host.platform];
  if (host.platform === 'linux') names.push('ubuntu', 'centos');
  if (host.platform !== 'windows') names.push('posix');
  return names.some(name => platform.includes(name));
}

/** Whether this agent is at least of `version`: compared number by number, a missing one is 0. */
export function versionApplies(version: string, host: HostFacts): boolean {
  if (version === '' || version === 'null' || host.version === '0.0.0') return true;
  const wanted = version.split('.');
  const actual = host.version.split('.').map(numberOf);
  if (!/^\s*\d/.test(version)) return false;
  for (const [index, chunk] of wanted.entries()) {
    const difference = (actual[index] ?? 0) - numberOf(chunk);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

const numberOf = (chunk: string): number => Number.parseInt(chunk, 10) || 0;

/** Whether this machine is among the first `shard` percent; 0 means all machines. */
export const shardApplies = (shard: number, host: HostFacts): boolean => shard <= 0 || shard >= host.shard;
