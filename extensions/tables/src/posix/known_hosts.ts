import { bigint, defineTable, text } from '@outpost/sdk';
import { trimmedLines } from '../lib/lines.ts';
import { Losses } from '../lib/losses.ts';
import { homePath, readUserFile, usersOf } from '../lib/user-context.ts';

/** Hosts that users have trusted once. */
export const knownHosts = defineTable({
  name: 'known_hosts',
  description: "Entries of users' SSH known_hosts files.",
  platforms: ['linux', 'macos'],
  attributes: { userBased: true },
  examples: ['select username, key from users join known_hosts using (uid)'],
  columns: {
    uid: bigint('User whose file it is', { index: true, optimized: true }),
    key: text('The whole line: hosts (plain or hashed), type of the key, key'),
    key_file: text('File of the entry'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const user of usersOf(context, 'known_hosts')) {
      const path = homePath(user, '.ssh/known_hosts');
      if (path === undefined) continue;
      for (const line of trimmedLines(readUserFile(context.files, path, losses) ?? ''))
        if (!line.startsWith('#')) yield { uid: user.uid, key: line, key_file: path };
    }
    losses.report(context);
  },
});
