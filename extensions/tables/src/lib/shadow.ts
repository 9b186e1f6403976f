/** One entry of a shadow file, without the hash. Days count since 1970; -1 where the field is empty. */
export interface ShadowEntry {
  readonly name: string;
  /** `empty`, `not_set`, `locked` or `active`. */
  readonly status: string;
  /** How the password is hashed, as crypt(5) numbers it: `6` is SHA-512, `y` is yescrypt. Empty when there is no hash. */
  readonly algorithm: string;
  readonly lastChange: number;
  readonly min: number;
  readonly max: number;
  readonly warning: number;
  readonly inactive: number;
  readonly expire: number;
  readonly flag: number;
}

const dayOf = (field: string | undefined): number =>
  field !== undefined && /^-?\d{1,15}$/.test(field) ? Number(field) : -1;

function statusOf(password: string): string {
  if (password === '') return 'empty';
  if (password === '!!') return 'not_set';
  return /^[!*x]/.test(password) ? 'locked' : 'active';
}

/** The entries of a shadow file (shadow(5)). Comments, lines of NIS and lines of a single field are passed over. */
export function* parseShadow(content: string): Generator<ShadowEntry> {
  for (const raw of content.split('\n')) {
    const line = raw.trim();
    if (line.startsWith('#') || line.startsWith('+') || line.startsWith('-')) continue;
    const [name = '', password, ...days] = line.split(':');
    if (name === '' || password === undefined) continue;
    yield {
      name,
      status: statusOf(password),
      algorithm: /\$([^$]*)\$/.exec(password)?.[1] ?? '',
      lastChange: dayOf(days[0]),
      min: dayOf(days[1]),
      max: dayOf(days[2]),
      warning: dayOf(days[3]),
      inactive: dayOf(days[4]),
      expire: dayOf(days[5]),
      flag: dayOf(days[6]),
    };
  }
}
