import { defineTable, type FileView, text } from '@outpost/sdk';
import { Losses } from '../lib/losses.ts';
import { parseMounts } from '../lib/mounts.ts';

const rootKeys = ['checkreqprot', 'deny_unknown', 'enforce', 'mls', 'policyvers', 'reject_unknown'] as const;
const scopes = ['booleans', 'policy_capabilities', 'initial_contexts'] as const;

interface Setting {
  readonly scope: string;
  readonly key: string;
  readonly value: string;
}

/** Reads the files that libselinux reads (selinuxfs). */
class Settings {
  readonly #files: FileView;
  readonly #root: string;
  readonly #losses: Losses;

  constructor(files: FileView, root: string, losses: Losses) {
    this.#files = files;
    this.#root = root;
    this.#losses = losses;
  }

  *all(): Generator<Setting> {
    for (const key of rootKeys) yield* this.#setting('', key);
    for (const scope of scopes) for (const key of this.#names(scope)) yield* this.#setting(scope, key);
    for (const name of this.#names('class'))
      for (const value of this.#names(`class/${name}/perms`)) yield { scope: 'class', key: `${name}/perms`, value };
  }

  *#setting(scope: string, key: string): Generator<Setting> {
    const path = `${this.#root}/${scope === '' ? '' : `${scope}/`}${key}`;
    const content = this.#losses.attempt(path, () => this.#files.readTextIfPresent(path));
    if (content === undefined) return;
    const raw = content.replace(/\0+$/, '').trim();
    // Of a boolean there are two numbers: the value in force, and the one to come with the next commit.
    yield { scope, key, value: scope !== 'booleans' ? raw : raw.startsWith('1') ? 'on' : 'off' };
  }

  #names(directory: string): string[] {
    const path = `${this.#root}/${directory}`;
    return this.#losses.attempt(path, () => this.#files.readdir(path))?.sort() ?? [];
  }
}

/** What SELinux enforces; empty where it is not running. */
export const selinuxSettings = defineTable({
  name: 'selinux_settings',
  description: 'SELinux modes, booleans, capabilities and classes.',
  platforms: ['linux'],
  examples: [
    "select value from selinux_settings where scope = '' and key = 'enforce'",
    "select key from selinux_settings where scope = 'booleans' and value = 'on'",
  ],
  columns: {
    scope: text('Empty, booleans, policy_capabilities, initial_contexts or class'),
    key: text('Name of the setting, or CLASS/perms'),
    value: text('Its value; on or off of a boolean, the name of a permission of a class'),
  },
  *generate(context) {
    const { files } = context;
    const losses = new Losses('cannot be read');
    const mounts = losses.attempt('/proc/mounts', () => files.readTextIfPresent('/proc/mounts')) ?? '';
    const root = [...parseMounts(mounts)].find(({ type }) => type === 'selinuxfs')?.path;
    if (root !== undefined) yield* new Settings(files, root, losses).all();
    losses.report(context);
  },
});
