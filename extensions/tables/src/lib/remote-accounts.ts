import type { Account } from './passwd.ts';
import { accountById, accountByName, allAccounts } from './sys/accounts.ts';

/** Which accounts a query wants; everything where undefined. */
export interface AccountFilter {
  readonly uids: readonly (number | bigint)[] | undefined;
  readonly names: readonly string[] | undefined;
}

/**
 * Accounts as the name service switch knows them, directory services included. Asking for one account is one request to the
 * service, asking for all of them may be a long answer, so ids and names in the query are looked up one by one.
 */
export function remoteAccounts({ uids, names }: AccountFilter): Account[] {
  if (uids !== undefined) return uids.flatMap(uid => accountById(Number(uid)) ?? []);
  if (names !== undefined) return names.flatMap(name => accountByName(name) ?? []);
  return allAccounts();
}
