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

/** The fields that are shown, and where {@link StatusReader} keeps the value of each. */
const fieldNames = [
  ...['package', 'version', 'source', 'installed-size', 'architecture', 'status', 'maintainer', 'section', 'priority'],
] as const;
const at = {
  name: 0,
  version: 1,
  source: 2,
  size: 3,
  arch: 4,
  status: 5,
  maintainer: 6,
  section: 7,
  priority: 8,
} as const;

const colon = 58;

/** The fields by the first letter of their names, in lower case; most other fields are ruled out by it. */
const byLetter: readonly (readonly number[])[] = Array.from({ length: 128 }, (_, letter) =>
  fieldNames.flatMap((name, field) => (name.charCodeAt(0) === letter ? [field] : [])),
);
/** What an upper-case letter lacks of its lower-case one. */
const lowerCase = 0x20;

/** Whether a name stands at an offset, in whatever case. */
function isName(content: string, start: number, name: string): boolean {
  for (let index = 0; index < name.length; index += 1)
    if ((content.charCodeAt(start + index) | lowerCase) !== name.charCodeAt(index)) return false;
  return true;
}

/** What follows the last hyphen of a version (deb-version(7)); empty for a native package. */
const revisionOf = (version: string): string => {
  const hyphen = version.lastIndexOf('-');
  return hyphen < 0 ? '' : version.slice(hyphen + 1);
};

/** What is UTF-8 and was read byte by byte; most text is ASCII, which is the same. */
const decoded = (bytes: string): string =>
  /[\x80-\xff]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;

/**
 * Goes over a status file line by line. A file has a few fields that are shown between many lines that are not, so a line is looked
 * at no further than it takes to see that it is none of them.
 */
class StatusReader {
  readonly #content: string;
  readonly #values: string[] = fieldNames.map(() => '');
  #hasStatus = false;

  constructor(content: string) {
    this.#content = content;
  }

  /** The packages, of all stanzas or of those with a status. */
  *packages(defaultStatus: string): Generator<DebPackage> {
    const content = this.#content;
    for (let start = 0; start < content.length; ) {
      const found = content.indexOf('\n', start);
      const end = found < 0 ? content.length : found;
      if (end > start) this.#line(start, end);
      else {
        const complete = this.#take(defaultStatus);
        if (complete !== undefined) yield complete;
      }
      start = end + 1;
    }
    const last = this.#take(defaultStatus);
    if (last !== undefined) yield last;
  }

  /** Keeps the value of a line that begins a field which is shown; one that goes on with a field begins with white space. */
  #line(start: number, end: number): void {
    const content = this.#content;
    for (const field of byLetter[content.charCodeAt(start) | lowerCase] ?? []) {
      const name = fieldNames[field] ?? '';
      const mark = start + name.length;
      // Names of fields compare without case (deb822(5)).
      if (content.charCodeAt(mark) !== colon || !isName(content, start, name)) continue;
      this.#values[field] = content.slice(mark + 1, end).trim();
      this.#hasStatus ||= field === at.status;
      return;
    }
  }

  /** The package whose stanza ends here, and a fresh start. */
  #take(defaultStatus: string): DebPackage | undefined {
    const status = this.#hasStatus ? (this.#values[at.status] ?? '') : defaultStatus;
    const known = this.#values[at.name] !== '' && status !== '' && !status.endsWith('not-installed');
    const found = known ? this.#package(status) : undefined;
    this.#values.fill('');
    this.#hasStatus = false;
    return found;
  }

  #package(status: string): DebPackage {
    const values = this.#values;
    const value = (field: number): string => values[field] ?? '';
    const size = Number.parseInt(value(at.size), 10);
    return {
      name: decoded(value(at.name)),
      version: value(at.version),
      source: value(at.source),
      size: Number.isFinite(size) ? size : undefined,
      arch: value(at.arch),
      revision: revisionOf(value(at.version)),
      status,
      maintainer: decoded(value(at.maintainer)),
      section: value(at.section),
      priority: value(at.priority),
    };
  }
}

/**
 * The packages of a status file (dpkg(1), deb822(5)), without those that are known but not installed. A stanza without a status
 * has `defaultStatus`; when that is empty it is passed over.
 */
export const parseStatus = (content: Buffer, defaultStatus = ''): Generator<DebPackage> =>
  // One byte a letter: searched faster than what UTF-8 makes, and only few values are shown.
  new StatusReader(content.toString('latin1')).packages(defaultStatus);
