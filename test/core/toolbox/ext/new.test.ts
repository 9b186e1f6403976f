import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { extensionName, renamed } from '../../../../core/src/toolbox/ext/names.ts';
import { authorsDirectory, ext, run, type Said, skipWithout } from './kit.ts';

const succeeds = ({ status, stdout, stderr }: Said): string => {
  assert.equal(status, 0, stdout + stderr);
  return stdout;
};

const filesOf = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));

test('a name is spelled as each language wants it', () => {
  assert.deepEqual(extensionName('disk-health_2'), {
    kebab: 'disk-health-2',
    snake: 'disk_health_2',
    camel: 'diskHealth2',
    pascal: 'DiskHealth2',
    upper: 'DISK_HEALTH_2',
  });
  assert.deepEqual([extensionName('path').camel, extensionName('path').pascal], ['pathPlugin', 'PathPlugin']);
  for (const bad of [
    '',
    'Disk',
    'disk--health',
    '-x',
    '2x',
    'a b',
    '../x',
    'a/b',
    'select',
    'sqlite_x',
    'x'.repeat(61),
  ])
    assert.throws(() => extensionName(bad), { code: 'EXTENSION_NAME_INVALID' }, bad);
});

test('whatever a good name is, nothing of the template stays', () => {
  const word = fc.stringMatching(/^[a-z][a-z0-9]{1,8}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 2, maxLength: 4 }), words => {
      fc.pre(words[0] !== 'sqlite' && !words.join('').includes('example'));
      const name = extensionName(words.join('-'));
      assert.doesNotMatch(renamed('example-name example_name exampleName ExampleName EXAMPLE_NAME', name), /example/i);
    }),
  );
});

test('what cannot be made is told, and leaves nothing', context => {
  const author = authorsDirectory(context);
  mkdirSync(join(author, 'full'));
  writeFileSync(join(author, 'full', 'file'), '');
  writeFileSync(join(author, 'file'), '');
  for (const [words, told] of [
    [['Foo', '--language', 'go'], /cannot be called "Foo": .* Choose lower-case/],
    [['processes', '--language', 'go'], /The agent has a table processes already/],
    [['x', '--language', 'perl'], /Allowed choices are typescript, python, go/],
    [['x'], /required option '--language <language>'/],
    [['x', '--language', 'go', '--kind', 'carver'], /Allowed choices are table, logger/],
    [['x', '--language', 'python', '--kind', 'distributed'], /In python there are: table, logger, config/],
    [['x', '--language', 'go', '--directory', 'full'], /full is there already, and is not empty/],
    [['x', '--language', 'go', '--directory', 'file'], /file is there already/],
    [['x', '--language', 'go', '--directory', '/proc/nowhere'], /cannot be written to \/proc\/nowhere/],
  ] as const) {
    const { status, stderr } = ext(author, 'new', ...words);
    assert.equal(status, 1, words.join(' '));
    assert.match(stderr, told);
  }
  assert.deepEqual(readdirSync(author).sort(), ['file', 'full']);
});

test('an extension in TypeScript is made, installed and tested outside the repository', {
  timeout: 300_000,
}, async context => {
  const author = authorsDirectory(context);
  const said = succeeds(ext(author, 'new', 'disk-health', '--language', 'typescript'));
  assert.match(said, /Made the table disk_health in .*\n {2}cd disk-health\n {2}npm install\n {2}npm test\n/);
  const project = join(author, 'disk-health');
  assert.equal(statSync(join(project, 'src', 'main.ts')).mode & 0o777, 0o755);
  for (const file of filesOf(project).filter(path => !path.endsWith('.tgz')))
    assert.doesNotMatch(`${file}\n${readFileSync(file, 'utf8')}`, /[Ee]xample[-_]?[Nn]ame|EXAMPLE|WHAT|TRY/, file);
  succeeds(run(project, ['npm', 'install', '--no-audit', '--no-fund']));
  assert.equal(existsSync(join(project, 'node_modules', '@outpost', 'sdk', 'dist', 'index.js')), true);
  assert.match(succeeds(run(project, ['npm', 'test'])), /pass 3\n/);
  succeeds(run(project, ['npm', 'run', 'check']));
  for (const kind of ['logger', 'config', 'distributed'])
    await context.test(`so is a ${kind}`, () => {
      succeeds(ext(author, 'new', 'path', '--language', 'typescript', '--kind', kind, '--directory', kind));
      symlinkSync(join(project, 'node_modules'), join(author, kind, 'node_modules'));
      assert.match(succeeds(run(join(author, kind), ['npm', 'test'])), /fail 0\n/);
      succeeds(run(join(author, kind), ['npm', 'run', 'check']));
    });
});

const python = { skip: skipWithout(['python3', '-c', 'import venv, ensurepip']), timeout: 300_000 };
test('an extension in Python is made, tested and verified', python, async context => {
  const author = authorsDirectory(context);
  const environment = join(author, '.venv');
  succeeds(run(author, ['python3', '-m', 'venv', environment]));
  for (const kind of ['table', 'logger', 'config'])
    await context.test(`a ${kind}`, () => {
      succeeds(ext(author, 'new', 'disk-health', '--language', 'python', '--kind', kind, '--directory', kind));
      const project = join(author, kind);
      symlinkSync(environment, join(project, '.venv'));
      succeeds(run(project, ['.venv/bin/pip', 'install', '--quiet', '-r', 'requirements.txt']));
      assert.match(run(project, ['.venv/bin/python', '-m', 'unittest']).stderr, /\nOK\n$/);
      succeeds(ext(project, 'verify', '--level', kind === 'table' ? 'core' : kind, './disk-health.ext'));
    });
});

const go = { skip: skipWithout(['go', 'version']), timeout: 300_000 };
test('an extension in Go is made, tested and verified', go, async context => {
  const author = authorsDirectory(context);
  for (const kind of ['table', 'logger', 'config', 'distributed'])
    await context.test(`a ${kind}`, () => {
      succeeds(ext(author, 'new', 'disk-health', '--language', 'go', '--kind', kind, '--directory', kind));
      const project = join(author, kind);
      assert.equal(succeeds(run(project, ['gofmt', '-l', '.'])), '');
      succeeds(run(project, ['go', 'vet', './...']));
      succeeds(run(project, ['go', 'test', './...']));
      succeeds(run(project, ['go', 'build', '-o', 'disk-health.ext', '.']));
      succeeds(ext(project, 'verify', '--level', kind === 'table' ? 'core' : kind, './disk-health.ext'));
    });
});
