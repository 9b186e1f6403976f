/** The values of an INI file by section and key. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads an INI file as Python's configparser does: `[section]`, `key = value` or `key: value`, comments of whole lines with `#` or `;`. A line that
 * begins with white space goes on with the value before. Keys are in lower case; the last value of a key counts.
 */
export function parseIni(content: string): Ini {
  const sections = new Map<string, Map<string, string[]>>();
  let section: Map<string, string[]> | undefined;
  let key: string | undefined;
  for (const raw of content.split('\n')) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const inner = /^\s/.test(raw);
    const name = inner ? undefined : /^\[(.+)\]$/.exec(line)?.[1];
    if (name !== undefined) {
      section = sections.get(name) ?? new Map();
      sections.set(name, section);
      key = undefined;
    } else if (inner && key !== undefined) {
      section?.get(key)?.push(line);
    } else {
      const equals = line.search(/[=:]/);
      key = equals > 0 ? line.slice(0, equals).trimEnd().toLowerCase() : undefined;
      if (key !== undefined) section?.set(key, [line.slice(equals + 1).trimStart()]);
    }
  }
  return new Map([...sections].map(([name, values]) => [name, joined(values)]));
}

const joined = (values: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, string> =>
  new Map([...values].map(([key, lines]) => [key, lines.join('\n').trim()]));
