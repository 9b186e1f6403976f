import type { FileView } from '@outpost/sdk';
import { type Account, parsePasswd } from './passwd.ts';
import { quietly } from './quietly.ts';

const path = '/etc/passwd';
/** A larger file is read anew each time, so that its accounts do not stay in memory: these are some 60,000 of them. */
const largestKept = 4 << 20;

type ById = ReadonlyMap<number, readonly Account[]>;

/** What was read last through a view, and what the file looked like then. */
const kept = new WeakMap<FileView, { readonly identity: string; readonly accounts: ById }>();

function readAccounts(files: FileView): ById {
  const accounts = new Map<number, Account[]>();
  for (const account of parsePasswd(quietly(() => files.readTextIfPresent(path)) ?? '')) {
    const others = accounts.get(account.uid);
    if (others === undefined) accounts.set(account.uid, [account]);
    else others.push(account);
  }
  return accounts;
}

/**
 * The local accounts by their ids; an id may have several. They are remembered while the file stays as it is: a table that is joined
 * with users is asked once for each of them, and would otherwise read the file as often. None where the file cannot be read.
 */
export function localAccounts(files: FileView): ById {
  const found = quietly(() => files.stat(path));
  if (found === undefined) return new Map();
  const identity = [found.dev, found.ino, found.size, found.mtimeMs, found.ctimeMs].join();
  const known = kept.get(files);
  if (known?.identity === identity) return known.accounts;
  const accounts = readAccounts(files);
  if (found.size <= largestKept) kept.set(files, { identity, accounts });
  return accounts;
}
