import { trimmedLines } from './lines.ts';

/** An entry of an authorized_keys file. */
export interface AuthorizedKey {
  /** What the key may do, as written; empty for everything. */
  readonly options: string;
  readonly algorithm: string;
  /** The public key in base64. */
  readonly key: string;
  readonly comment: string;
}

/** Key types of sshd(8), hardware-backed ones and certificates included. */
const keyType =
  /^(?:sk-)?(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-nistp(?:256|384|521))(?:-cert-v\d\d)?(?:@openssh\.com)?$/;

/** Where the options end: at the first white space outside of quotes. */
function endOfOptions(line: string): number {
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at];
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === ' ' || character === '\t')) return at;
  }
  return line.length;
}

const fields = /^(\S+)\s+(\S+)\s*(.*)$/s;

function parseEntry(line: string): AuthorizedKey | undefined {
  const [, algorithm = '', key = '', comment = ''] = fields.exec(line) ?? [];
  return keyType.test(algorithm) ? { options: '', algorithm, key, comment } : undefined;
}

/** The keys of an authorized_keys file (sshd(8), AUTHORIZED_KEYS FILE FORMAT). Lines that sshd would not accept are passed over. */
export function* parseAuthorizedKeys(content: string): Generator<AuthorizedKey> {
  for (const line of trimmedLines(content)) {
    if (line.startsWith('#')) continue;
    const plain = parseEntry(line);
    const end = plain === undefined ? endOfOptions(line) : 0;
    const entry = plain ?? parseEntry(line.slice(end).trimStart());
    if (entry !== undefined) yield { ...entry, options: line.slice(0, end) };
  }
}
