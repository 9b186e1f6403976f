/** The version of a distribution, as columns hold it. */
export interface Distribution {
  readonly name: string;
  readonly version: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly build: string;
  readonly platform: string;
  readonly platform_like: string;
  readonly codename: string;
}

/** The value of an assignment as a shell reads it: without its quotes and backslashes. */
function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/s.exec(value);
  if (quoted === null) return value;
  const [, quote, inner = ''] = quoted;
  return quote === '"' ? inner.replace(/\\(["\\$`])/g, '$1') : inner;
}

/** The assignments of an os-release file (os-release(5)). */
export function parseOsRelease(content: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of content.split('\n')) {
    const [, key, value] = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, unquote(value));
  }
  return values;
}

/** The numbers of a version such as `12.4.1`: as many as there are, else 0. */
function numbersOf(version: string): [number, number, number] {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(part => Number.parseInt(part, 10) || 0);
  return [major, minor, patch];
}

/** What os-release says of a distribution. */
export function distributionOf(content: string): Distribution {
  const values = parseOsRelease(content);
  const value = (key: string): string => values.get(key) ?? '';
  const [major, minor, patch] = numbersOf(value('VERSION_ID'));
  return {
    name: value('NAME'),
    version: value('VERSION'),
    major,
    minor,
    patch,
    build: value('BUILD_ID'),
    platform: value('ID'),
    platform_like: value('ID_LIKE'),
    codename: value('VERSION_CODENAME'),
  };
}

/**
 * What the one line of /etc/redhat-release or /etc/gentoo-release says: `CentOS Linux release 7.9.2009 (Core)`. It knows the minor
 * version, which os-release of these leaves out, so it counts more.
 */
export function overriddenBy(base: Distribution, line: string, platform: 'rhel' | 'gentoo'): Distribution {
  const version = line.trim().replace(/\s+/g, ' ');
  const common = { ...base, version, platform, platform_like: platform };
  const [, name, numbers] = /^(.*?)(?: Base System)? (?:release|version) (\d+(?:\.\d+)*)/.exec(version) ?? [];
  if (name === undefined || numbers === undefined) return common;
  const [major, minor, patch] = numbersOf(numbers);
  return { ...common, name, major, minor, patch };
}
