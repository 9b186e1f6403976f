/** One archive of Debian packages that apt is told of: a URI with a suite (sources.list(5)). */
export interface AptSource {
  /** Without slashes at its end. */
  readonly uri: string;
  /** A distribution, or the path of a directory. */
  readonly suite: string;
}

/** The source of a URI and a suite; undefined when the URI names no place. */
function sourceOf(written: string, suite: string): AptSource | undefined {
  const uri = written.replace(/\/+$/, '');
  return /^[^:]*:\/\/./.test(uri) ? { uri, suite } : undefined;
}

const uncommented = (line: string): string => line.split('#', 1)[0] ?? '';

/** `deb [ options ] URI suite component…`; `deb-src` lines name no packages that could be installed. */
const oneLine = /^\s*deb\s+(?:\[[^\]]*\]\s*)?(\S+)\s+(\S+)/;

/** The sources of a file in the style of one line each. */
export function* parseSourceLines(content: string): Generator<AptSource> {
  for (const line of content.split('\n')) {
    const [, uri, suite] = oneLine.exec(uncommented(line)) ?? [];
    const source = uri === undefined || suite === undefined ? undefined : sourceOf(uri, suite);
    if (source !== undefined) yield source;
  }
}

/** The fields of one stanza (deb822(5)) by their names in lower case, each a list of words. */
function wordsByField(stanza: string): ReadonlyMap<string, readonly string[]> {
  const fields = new Map<string, string[]>();
  let current: string[] | undefined;
  for (const line of stanza.split('\n')) {
    if (line.startsWith('#')) continue;
    const [, name, value = ''] = /^([^\s:]+):(.*)$/.exec(line) ?? [];
    if (name !== undefined) {
      current = [];
      fields.set(name.toLowerCase(), current);
    }
    // A line that begins with white space goes on with the field before.
    const rest = name === undefined && /^\s/.test(line) ? line : value;
    current?.push(...rest.split(/\s+/).filter(word => word !== ''));
  }
  return fields;
}

/** Words that apt takes for no. */
const negative = new Set(['no', 'false', 'without', 'off', 'disable', '0']);

/** The sources of a file of stanzas, of those that are enabled. */
export function* parseSourceStanzas(content: string): Generator<AptSource> {
  for (const stanza of content.split(/\n[ \t]*\n/)) {
    const fields = wordsByField(stanza);
    const words = (name: string): readonly string[] => fields.get(name) ?? [];
    if (!words('types').includes('deb') || negative.has(words('enabled')[0]?.toLowerCase() ?? 'yes')) continue;
    for (const uri of words('uris'))
      for (const suite of words('suites')) {
        const source = sourceOf(uri, suite);
        if (source !== undefined) yield source;
      }
  }
}
