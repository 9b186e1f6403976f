import { bigint, defineTable, text } from '@outpost/sdk';
import { parseAuthorizedKeys } from '../lib/authorized-keys.ts';
import { Losses } from '../lib/losses.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { homePath, readUserFile, usersOf } from '../lib/user-context.ts';

const names = ['.ssh/authorized_keys', '.ssh/authorized_keys2'] as const;

/** Keys that open an account. */
export const authorizedKeys = defineTable({
  name: 'authorized_keys',
  description: "Entries of users' SSH authorized_keys files.",
  platforms: ['linux', 'macos'],
  attributes: { userBased: true },
  examples: [
    'select username, algorithm, comment, key_file from users join authorized_keys using (uid)',
    "select * from authorized_keys where uid = 0 and algorithm = 'ssh-dss'",
  ],
  columns: {
    uid: bigint('User whose account the key opens', { additional: true }),
    algorithm: text('Type of the key'),
    key: text('The public key in base64'),
    options: text('What the key may do, as written; empty for everything'),
    comment: text('What stands after the key'),
    key_file: text('File of the entry'),
    ...pidWithNamespace,
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const { files, pid } of placesOf(context))
      for (const user of usersOf(context, 'authorized_keys', files))
        for (const name of names) {
          const path = homePath(user, name);
          if (path === undefined) continue;
          for (const entry of parseAuthorizedKeys(readUserFile(files, path, losses) ?? ''))
            yield { uid: user.uid, ...entry, key_file: path, pid_with_namespace: pid };
        }
    losses.report(context);
  },
});
