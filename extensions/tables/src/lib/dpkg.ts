/** One package of dpkg's status file. Text fields that the file leaves out are empty. */
export interface DebPackage {
  readonly name: string;
  readonly version: string;
  readonly source: string;
  /** Installed size in KiB. */
  readonly size: number | undefined;
  readonly arch: string;
  readonly revision: string;
  readonly status: string;
  readonly maintainer: string;
  readonly section: string;
  readonly priority: string;
}

/** The fields of one stanza that start a line, by name. Continuation lines belong to fields no column shows. */
function fieldsOf(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let start = 0;
  while (start < stanza.length) {
    const newline = stanza.indexOf('\n', start);
    const end = newline < 0 ? stanza.length : newline;
    const first = stanza.charCodeAt(start);
    const colon = first === 32 || first === 9 ? -1 : stanza.indexOf(':', start);
    // Names of fields compare without case (deb822(5)).
    if (colon > start && colon < end)
      fields.set(stanza.slice(start, colon).toLowerCase(), stanza.slice(colon + 1, end).trim());
    start = end + 1;
  }
  return fields;
}

/** What follows the last hyphen of a version (deb-version(7)); empty for a native package. */
const revisionOf = (version: string): string => {
  const hyphen = version.lastIndexOf('-');
  return hyphen < 0 ? '' : version.slice(hyphen + 1);
};

function packageOf(stanza: string, defaultStatus: string): DebPackage | undefined {
  const fields = fieldsOf(stanza);
  const field = (name: string): string => fields.get(name) ?? '';
  const name = field('package');
  const status = fields.get('status') ?? defaultStatus;
  if (name === '' || status === '' || status.endsWith('not-installed')) return undefined;
  const size = Number.parseInt(field('installed-size'), 10);
  return {
    name,
    version: field('version'),
    source: field('source'),
    size: Number.isFinite(size) ? size : undefined,
    arch: field('architecture'),
    revision: revisionOf(field('version')),
    status,
    maintainer: field('maintainer'),
    section: field('section'),
    priority: field('priority'),
  };
}

/**
 * The packages of a status file (dpkg(1), deb822(5)), without those that are known but not installed. A stanza without a status
 * has `defaultStatus`; when that is empty it is passed over.
 */
export function* parseStatus(content: string, defaultStatus = ''): Generator<DebPackage> {
  let start = 0;
  while (start < content.length) {
    const blank = content.indexOf('\n\n', start);
    const end = blank < 0 ? content.length : blank;
    const found = packageOf(content.slice(start, end), defaultStatus);
    if (found !== undefined) yield found;
    start = end + 2;
  }
}
