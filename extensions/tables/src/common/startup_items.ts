import { defineTable, type FileView, text } from '@outpost/sdk';
import { parseDesktopEntry } from '../lib/desktop-entry.ts';
import { Losses } from '../lib/losses.ts';
import { type Account, parsePasswd } from '../lib/passwd.ts';
import { filenameOf } from '../lib/paths.ts';
import { plainFiles } from '../lib/plain-files.ts';
import { Systemd } from '../lib/systemd.ts';
import { homePath, readUserFile } from '../lib/user-context.ts';

interface Item {
  readonly name: string;
  readonly path: string;
  readonly args: string;
  readonly type: string;
  readonly source: string;
  readonly status: string;
  readonly username: string;
}

const enabled = { args: '', type: 'Startup Item', status: 'enabled' } as const;

function* desktopItems(files: FileView, directory: string, username: string, losses: Losses): Generator<Item> {
  for (const file of plainFiles(files, directory, losses)) {
    const content = readUserFile(files, file, losses);
    if (content === undefined) continue;
    const { name, exec } = parseDesktopEntry(content);
    yield { ...enabled, name, path: exec, source: directory, username };
  }
}

function* scriptItems(files: FileView, directory: string, username: string, losses: Losses): Generator<Item> {
  for (const path of plainFiles(files, directory, losses))
    yield { ...enabled, name: filenameOf(path), path, source: directory, username };
}

/** The accounts of the machine, one of those that share a home directory. */
function homes(files: FileView, losses: Losses): Account[] {
  const path = '/etc/passwd';
  const accounts = new Map<string, Account>();
  for (const account of parsePasswd(losses.attempt(path, () => files.readTextIfPresent(path)) ?? ''))
    if (!accounts.has(account.directory)) accounts.set(account.directory, account);
  return [...accounts.values()];
}

function* unitItems(files: FileView): Generator<Item> {
  using systemd = Systemd.connect(files);
  if (systemd === undefined) return;
  const wanted = ['FragmentPath', 'SourcePath', 'User'] as const;
  for (const [unit, found] of systemd.withProperties(systemd.units(), wanted))
    yield {
      name: unit.id,
      path: found.FragmentPath ?? '',
      args: '',
      type: 'systemd unit',
      source: found.SourcePath ?? '',
      status: unit.activeState,
      username: found.User ?? '',
    };
}

/** What starts by itself, with the machine or with a session. */
export const startupItems = defineTable({
  name: 'startup_items',
  description: 'XDG autostart entries, init scripts and systemd units.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { cacheable: true },
  examples: [
    "select name, path, username from startup_items where type = 'Startup Item'",
    "select name, path from startup_items where type = 'systemd unit' and status = 'active'",
  ],
  columns: {
    name: text('Name of the entry, script or unit'),
    path: text('Command of the entry, path of the script, file of the unit'),
    args: text('Always empty on Linux'),
    type: text('Startup Item or systemd unit'),
    source: text('Directory it is in; of a unit, the file that its own was made from'),
    status: text('enabled; of a unit, whether it is active'),
    username: text('User whose session starts it, or as whom a service runs'),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    for (const account of homes(files, losses)) {
      const config = homePath(account, '.config/');
      if (config === undefined) continue;
      yield* desktopItems(files, `${config}autostart/`, account.name, losses);
      yield* scriptItems(files, `${config}autostart-scripts/`, account.name, losses);
    }
    yield* scriptItems(files, '/etc/init.d/', '', losses);
    yield* desktopItems(files, '/etc/xdg/autostart/', '', losses);
    yield* losses.attempt('systemd', () => [...unitItems(files)]) ?? [];
    losses.report(context);
  },
});
