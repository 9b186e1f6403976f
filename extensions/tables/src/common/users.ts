import { bigint, defineTable, type FileView, integer, type Row, text } from '@outpost/sdk';
import { localAccounts } from '../lib/local-accounts.ts';
import { pidWithNamespace, placesOf } from '../lib/namespace.ts';
import { type Account, parsePasswd } from '../lib/passwd.ts';
import { remoteAccounts } from '../lib/remote-accounts.ts';

const columns = {
  // `index`: rows can be found by this column. SQLite then asks for `uid = 1000` itself, also once per row of the other side
  // of `processes join users using (uid)`.
  uid: bigint('User id', { index: true }),
  gid: bigint('Id of the primary group (unsigned)'),
  uid_signed: bigint('User id as a signed number of 32 bits'),
  gid_signed: bigint('Id of the primary group as a signed number of 32 bits'),
  // `additional`: a constraint on it is passed on as well, but it is not what rows are usually found by.
  username: text('Name of the account', { additional: true }),
  description: text('Full name and the like'),
  directory: text('Home directory'),
  shell: text('Login shell'),
  uuid: text('Always empty on Linux', { index: true, collate: 'nocase' }),
  // Columns of other systems exist here, hidden and empty, so that one query runs on a whole fleet.
  type: text('Whether the account is roaming, local or temporary', { platforms: ['windows'] }),
  is_hidden: integer('Whether the account is hidden from the login screen', { platforms: ['macos'] }),
  ...pidWithNamespace,
  // An input dressed as a column: `where include_remote = 1` also asks LDAP and whatever else nsswitch.conf names.
  include_remote: integer('1 to include accounts of directory services', {
    additional: true,
    hidden: true,
    platforms: ['linux'],
  }),
} as const;

const rowOf = (account: Account, pid: number, remote: number): Row<typeof columns> => ({
  uid: account.uid,
  gid: account.gid,
  uid_signed: account.uid | 0,
  gid_signed: account.gid | 0,
  username: account.name,
  description: account.description,
  directory: account.directory,
  shell: account.shell,
  uuid: '',
  pid_with_namespace: pid,
  include_remote: remote,
});

/**
 * The accounts in the file, or those of some ids. A join asks for one id after the other, so the file is not gone over for each: with as many
 * rows on the other side as there are accounts, that would be their square.
 */
const accountsIn = (files: FileView, uids: readonly number[] | undefined): Iterable<Account> => {
  if (uids === undefined) return parsePasswd(files.readTextIfPresent('/etc/passwd') ?? '');
  const local = localAccounts(files);
  return uids.flatMap(uid => local.get(uid) ?? []);
};

/** The second table to read: it uses an index. */
export const users = defineTable({
  name: 'users',
  description: 'Local accounts (remote ones on request).',
  platforms: ['linux', 'macos', 'windows'],
  examples: [
    'select * from users where uid = 1000',
    'select u.username, p.name from processes p join users u using (uid)',
    'select * from users where include_remote = 1',
  ],
  columns,
  *generate(context) {
    // The values of `=` and `IN`, already numbers as the column's type says; undefined when the query does not say.
    const uids = context.equals('uid');
    const names = context.equals('username');
    const wanted = (account: Account): boolean =>
      (uids === undefined || uids.includes(account.uid)) && (names === undefined || names.includes(account.name));
    const remote = context.equals('include_remote')?.includes(1) === true;
    for (const { files, pid } of placesOf(context)) {
      // A container's directory services cannot be asked from outside, only its file can be read.
      const accounts =
        remote && files.root === '/' ? remoteAccounts({ uids, names }) : accountsIn(files, uids?.map(Number));
      // Rows that the constraints rule out are not even made. To leave some in would be no mistake: SQLite checks again.
      for (const account of accounts) if (wanted(account)) yield rowOf(account, pid, remote ? 1 : 0);
    }
  },
});
