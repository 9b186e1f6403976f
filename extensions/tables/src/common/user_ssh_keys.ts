import { bigint, defineTable, type FileView, integer, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { type PrivateKeyFacts, privateKeyFacts } from '../lib/private-key.ts';
import { homePath, usersOf } from '../lib/user-context.ts';

/** No private key is larger; a file that is, is none, and is not read. */
const largestKeyBytes = 1 << 20;

/** The private keys in a directory, with their paths. */
function* keysIn(files: FileView, directory: string, losses: Losses): Generator<PrivateKeyFacts & { path: string }> {
  for (const name of losses.attempt(directory, () => files.readdir(directory).sort()) ?? []) {
    const path = `${directory}/${name}`;
    const found = losses.attempt(path, () => files.stat(path));
    if (found?.isFile() !== true || found.size > largestKeyBytes) continue;
    const content = losses.attempt(path, () => files.readTextIfPresent(path, { maxBytes: largestKeyBytes }));
    const facts = content === undefined ? undefined : privateKeyFacts(content);
    if (facts !== undefined) yield { ...facts, path };
  }
}

/** Keys that users have, and whether whoever copies one can use it. */
export const userSshKeys = defineTable({
  name: 'user_ssh_keys',
  description: 'Private SSH keys in home directories and whether they are encrypted.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    'select username, path from users join user_ssh_keys using (uid) where encrypted = 0',
    "select path, key_length from user_ssh_keys where uid = 0 and key_type = 'rsa'",
  ],
  columns: {
    uid: bigint('User in whose home directory the key is', { additional: true, optimized: true }),
    path: text('File of the key', { index: true }),
    encrypted: integer('1 when a passphrase protects the key'),
    key_type: text('rsa, dsa, dh or ec; empty for others, and for keys in the format of OpenSSH'),
    key_group_name: text('Curve of a key of type ec'),
    key_length: integer('Length in bits; -1 unknown'),
    key_security_bits: integer('Bits of a symmetric key of the same strength; -1 unknown'),
    ...pidWithNamespace,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const { files, pid } of placesOf(context))
      for (const user of usersOf(context, 'user_ssh_keys', files)) {
        const directory = homePath(user, '.ssh');
        if (directory === undefined) continue;
        for (const key of keysIn(files, directory, losses))
          yield {
            uid: user.uid,
            path: key.path,
            encrypted: key.encrypted ? 1 : 0,
            key_type: key.type,
            key_group_name: key.group,
            key_length: key.length,
            key_security_bits: key.securityBits,
            pid_with_namespace: pid,
          };
      }
    losses.report(context);
  },
});
