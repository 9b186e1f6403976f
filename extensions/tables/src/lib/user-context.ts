import type { Constraint, FileView } from '@outpost/sdk';
import { localAccounts } from './local-accounts.ts';
import type { Losses } from './losses.ts';
import type { Account } from './passwd.ts';
import { accountById } from './sys/accounts.ts';

/** What {@link usersOf} asks of a query's context. */
interface UserQuery {
  equals(column: 'uid'): readonly (number | bigint)[] | undefined;
  readonly constraints: readonly Constraint[];
  readonly files: FileView;
  warn(message: string): void;
}

/**
 * The accounts whose data a query is about. With `uid = …` those accounts, directory services included (`join users using (uid)` makes
 * such a constraint); otherwise that of the agent itself, since a machine may have a hundred thousand home directories. Root is told.
 *
 * @param table for the message
 * @param files whose /etc/passwd counts; a container's accounts are in the container
 */
export function usersOf(context: UserQuery, table: string, files = context.files): Account[] {
  const own = process.geteuid?.() ?? 0;
  const uids = context.equals('uid');
  if (own === 0 && !context.constraints.some(({ column }) => column === 'uid'))
    context.warn(
      `The ${table} table returns data based on the current user by default, consider JOINing against the users table.`,
    );
  const local = localAccounts(files);
  return [...new Set((uids ?? [own]).map(Number))].flatMap(uid => {
    const accounts = local.get(uid);
    if (accounts !== undefined || files.root !== '/') return accounts ?? [];
    return accountById(uid) ?? [];
  });
}

/** The path of a file in a home directory; undefined for an account without one. */
export const homePath = ({ directory }: Account, path: string): string | undefined =>
  directory.startsWith('/') ? `${directory.replace(/\/+$/, '')}/${path}` : undefined;

/** The content of a user's file; undefined, and counted where something else is the matter, when it cannot be read or is none. */
export const readUserFile = (files: FileView, path: string, losses: Losses): string | undefined =>
  losses.attempt(path, () => files.readTextIfPresent(path));
