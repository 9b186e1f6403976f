/** What the metadata of a Python distribution say; empty where they do not. */
export interface PythonMetadata {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  readonly author: string;
  readonly license: string;
}

/**
 * Reads METADATA or PKG-INFO (Core metadata specifications): the header of a mail, whose first empty line begins the description. Of a field of
 * several lines, such as the text of a licence, the first counts. Author and licence have a newer form that stands in for the older.
 */
export function parsePythonMetadata(content: string): PythonMetadata {
  const fields = new Map<string, string>();
  for (const raw of content.split('\n')) {
    const line = raw.trimEnd();
    if (line === '') break;
    const [, name, value = ''] = /^([A-Za-z-]+):\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && !fields.has(name.toLowerCase())) fields.set(name.toLowerCase(), value);
  }
  const first = (...names: string[]): string => names.map(name => fields.get(name) ?? '').find(Boolean) ?? '';
  return {
    name: first('name'),
    version: first('version'),
    summary: first('summary'),
    author: first('author', 'author-email'),
    license: first('license', 'license-expression'),
  };
}
