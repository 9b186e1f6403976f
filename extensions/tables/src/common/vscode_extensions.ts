import { bigint, defineTable, integer, text } from '@outpost/sdk';
import { memberAt, membersOf, scalarText, truthOf } from '../lib/json-values.ts';
import { Losses } from '../lib/losses.ts';
import { readJson } from '../lib/read-json.ts';
import { homePath, usersOf } from '../lib/user-context.ts';

/** Directories of the editor, its forks and what they install on a machine to which they connect. */
const editions: readonly (readonly [directory: string, edition: string])[] = [
  ['.vscode', 'vscode'],
  ['.vscode-server', 'vscode'],
  ['.vscode-insiders', 'vscode_insiders'],
  ['.vscode-server-insiders', 'vscode_insiders'],
  ['.vscode-oss', 'vscodium'],
  ['.vscodium-server', 'vscodium'],
  ['.vscodium-insiders', 'vscodium_insiders'],
  ['.vscodium-server-insiders', 'vscodium_insiders'],
  ['.cursor', 'cursor'],
  ['.cursor-server', 'cursor'],
  ['.windsurf', 'windsurf'],
  ['.windsurf-server', 'windsurf'],
  ['.trae', 'trae'],
  ['.trae-server', 'trae'],
  ['.antigravity', 'antigravity'],
  ['.antigravity-server', 'antigravity'],
];

const timeOf = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? Number(value) : undefined);

const rowOf = (extension: unknown) => ({
  name: scalarText(memberAt(extension, 'identifier', 'id')),
  uuid: scalarText(memberAt(extension, 'identifier', 'uuid')),
  version: scalarText(memberAt(extension, 'version')),
  path: scalarText(memberAt(extension, 'location', 'path')),
  publisher: scalarText(memberAt(extension, 'metadata', 'publisherDisplayName')),
  publisher_id: scalarText(memberAt(extension, 'metadata', 'publisherId')),
  installed_at: timeOf(memberAt(extension, 'metadata', 'installedTimestamp')),
  prerelease: truthOf(memberAt(extension, 'metadata', 'isPreReleaseVersion')),
});

/** Extensions of Visual Studio Code and editors made from it. */
export const vscodeExtensions = defineTable({
  name: 'vscode_extensions',
  description: 'Extensions of VS Code and its forks.',
  platforms: ['linux', 'macos', 'windows'],
  attributes: { userBased: true },
  examples: [
    'select username, name, version, publisher from users join vscode_extensions using (uid)',
    "select name, datetime(installed_at / 1000, 'unixepoch') as at from vscode_extensions where uid = 1000",
  ],
  columns: {
    name: text('Publisher and name, such as ms-python.python'),
    uuid: text('Identifier in the marketplace', { collate: 'nocase' }),
    version: text('Version', { collate: 'version' }),
    path: text('Directory of the extension'),
    publisher: text('Name of the publisher'),
    publisher_id: text('Identifier of the publisher in the marketplace'),
    installed_at: bigint('When it was installed, in milliseconds since 1970'),
    prerelease: integer('1 when it is not a release'),
    uid: bigint('User whose editor it is', { additional: true, optimized: true }),
    vscode_edition: text('Which editor it is'),
  },
  *generate(context) {
    const losses = new Losses('cannot be read');
    for (const user of usersOf(context, 'vscode_extensions'))
      for (const [directory, edition] of editions) {
        const path = homePath(user, `${directory}/extensions/extensions.json`);
        if (path === undefined) continue;
        for (const extension of membersOf(readJson(context.files, path, losses))) {
          const row = rowOf(extension);
          if (row.name !== '') yield { ...row, uid: user.uid, vscode_edition: edition };
        }
      }
    losses.report(context);
  },
});
