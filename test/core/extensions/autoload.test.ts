import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Autoload, findExtensions } from '../../../core/src/extensions/autoload.ts';
import { checkProgram } from '../../../core/src/extensions/program.ts';
import { scriptCommand } from '../../../core/src/runtime/programs.ts';
import { temporaryFolder } from './fakes.ts';

const isRoot = process.geteuid?.() === 0;

function fileIn(folder: string, name: string, mode: number): string {
  const path = join(folder, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
}

interface Case {
  readonly what: string;
  readonly name?: string;
  readonly mode?: number;
  readonly folderMode?: number;
  readonly owner?: number;
  readonly fault?: RegExp;
  readonly repair?: RegExp;
  readonly rootOnly?: boolean;
}

const cases: readonly Case[] = [
  { what: 'a program of ours' },
  { what: 'a program that its group may write', mode: 0o775 },
  { what: 'a program without magic suffix', name: 'thing.bin' },
  { what: 'a script that is not executable', name: 'thing.ts', mode: 0o644 },
  { what: 'a program that is not executable', mode: 0o644, fault: /may not execute/, repair: /^chmod u\+x '/ },
  { what: 'a program that everybody may write', mode: 0o757, fault: /everybody may write it/, repair: /^chmod o-w '/ },
  { what: 'a script that everybody may write', name: 'x.mjs', mode: 0o646, fault: /everybody may write it/ },
  { what: 'a sticky directory', folderMode: 0o1755, fault: /sticky bit/, repair: /^install -D -m 0755 '/ },
  { what: 'a directory that everybody may write', folderMode: 0o777, fault: /its directory/, repair: /^chmod o-w '/ },
  {
    what: 'a program of another user',
    owner: 4321,
    fault: /owner is the user 4321/,
    repair: /^chown /,
    rootOnly: true,
  },
];

for (const { what, name = "it's", mode = 0o755, folderMode = 0o755, owner, fault, repair, rootOnly } of cases)
  test(`${what} is ${fault === undefined ? 'accepted' : 'refused'}`, { skip: rootOnly === true && !isRoot }, () => {
    using folder = temporaryFolder();
    const path = fileIn(folder.path, name, mode);
    if (owner !== undefined) chownSync(path, owner, 0);
    chmodSync(folder.path, folderMode);
    const faults = checkProgram(path, { allowUnsafe: false });
    assert.equal(faults.length, fault === undefined ? 0 : 1, JSON.stringify(faults));
    if (fault !== undefined) assert.match(faults[0]?.fault ?? '', fault);
    if (repair !== undefined) assert.match(faults[0]?.repair ?? '', repair);
    assert.deepEqual(checkProgram(path, { allowUnsafe: true }), []);
  });

test('a link is followed, and the directory at its other end is checked too', () => {
  using folder = temporaryFolder();
  const open = join(folder.path, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  const link = join(folder.path, 'link');
  symlinkSync(fileIn(open, 'program', 0o755), link);
  assert.match(checkProgram(link, { allowUnsafe: false })[0]?.fault ?? '', /its directory .*open/);
});

test('what does not exist, or is no file, is not a program, unsafe or not', () => {
  using folder = temporaryFolder();
  for (const allowUnsafe of [false, true]) {
    assert.equal(checkProgram(join(folder.path, 'absent'), { allowUnsafe })[0]?.fault, "extension doesn't exist");
    assert.equal(checkProgram(folder.path, { allowUnsafe })[0]?.fault, 'it is not a regular file');
  }
});

test('the autoload file has paths, directories and comments; --extension has a list', () => {
  using folder = temporaryFolder();
  const below = join(folder.path, 'folder', 'below');
  mkdirSync(below, { recursive: true });
  const [one, two] = [fileIn(folder.path, 'one', 0o755), fileIn(below, 'two', 0o755)];
  const script = fileIn(folder.path, 'script.ts', 0o644);
  const readme = fileIn(below, 'README', 0o644);
  const list = join(folder.path, 'list');
  writeFileSync(list, `# a comment\n; another\n\n  ${one}  \n${join(folder.path, 'folder')}\r\n${one}\n`);
  const found = findExtensions({ autoloadFile: list, extension: `${script}, ${one}`, allowUnsafe: false });
  assert.equal(found.message, undefined);
  const programs = found.programs.map(({ revision: _, ...program }) => program);
  assert.deepEqual(programs, [
    { name: 'script', path: script, ...scriptCommand(script) },
    { name: 'one', path: one, command: one, args: [] },
    { name: 'two', path: two, command: two, args: [] },
  ]);
  assert.ok(found.notes.includes(`Passed over ${readme}: it is not executable`));
  assert.ok(found.notes.includes(`Found autoloadable extension: ${one}`));
});

test('one message tells all that is wrong, with the commands that mend it', () => {
  using folder = temporaryFolder();
  const bad = fileIn(folder.path, 'bad', 0o646);
  const found: Autoload = findExtensions({
    autoloadFile: '/absent/list',
    extension: `${bad},${folder.path}/absent`,
    allowUnsafe: false,
  });
  assert.deepEqual(found.programs, []);
  assert.deepEqual(found.message?.split('\n'), [
    '2 extensions are not started:',
    `  ${bad}: everybody may write it. Repair: chmod o-w '${bad}'`,
    `  ${bad}: its owner may not execute it. Repair: chmod u+x '${bad}'`,
    `  ${folder.path}/absent: extension doesn't exist. Repair: ls -ld '${folder.path}/absent'`,
  ]);
  assert.match(found.notes[0] ?? '', /^Cannot read the extensions autoload file \/absent\/list: /);
});

test('programs with the same file name are told apart by their paths', () => {
  using folder = temporaryFolder();
  for (const name of ['a', 'b']) mkdirSync(join(folder.path, name));
  const paths = ['a', 'b'].map(name => fileIn(join(folder.path, name), 'same', 0o755));
  const { programs } = findExtensions({ autoloadFile: '', extension: paths.join(','), allowUnsafe: false });
  assert.deepEqual(
    programs.map(({ name }) => name),
    paths,
  );
});
