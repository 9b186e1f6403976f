// `npm run pack [-- DIRECTORY]`: makes the packages that authors of extensions install, as tarballs in DIRECTORY (data/packages, when
// left out), and prints their paths. Inside the repository sources run as they are; Node refuses TypeScript under node_modules, so a
// package holds JavaScript and declarations. Each is put together in a directory of its own: the workspaces stay as they are.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The oldest Node that runs them. */
const engines = { node: '>=22' };

const root = join(import.meta.dirname, '..');
const folders = ['protocol', 'extensions/sdk'];

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const manifestOf = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

const run = (command: string, args: readonly string[], cwd: string): string => {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} failed: ${error?.message ?? ''}\n${stdout}${stderr}`);
};

/** `./src/index.ts` as an installed package names it; what is no source stays where it is. */
const built = (source: string): string | { readonly types: string; readonly default: string } => {
  if (!source.startsWith('./src/')) return source;
  const path = source.replace(/^\.\/src\//, './dist/').replace(/\.ts$/, '');
  return { types: `${path}.d.ts`, default: `${path}.js` };
};

/** What a package says of itself once it is published: ours are those versions that were made together. */
const published = (manifest: Manifest): object => {
  const { private: _private, scripts: _scripts, exports, dependencies = {}, ...rest } = manifest;
  const own = new Map(folders.map(manifestOf).map(({ name, version }) => [name, version]));
  return {
    ...rest,
    engines,
    exports: Object.fromEntries(Object.entries(exports).map(([path, source]) => [path, built(source)])),
    dependencies: Object.fromEntries(
      Object.entries(dependencies).map(([name, range]) => [name, own.get(name) ?? range]),
    ),
  };
};

/** Declarations name the `.ts` files that they were made of, which only some versions of TypeScript forgive. */
const renameImports = (directory: string): void => {
  for (const file of globSync('**/*.d.ts', { cwd: directory })) {
    const path = join(directory, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/((?:from |import\()['"]\.{1,2}\/[^'"]*)\.ts(?=['"])/g, '$1.js'));
  }
};

const stage = (folder: string, emitted: string, to: string): void => {
  const manifest = manifestOf(folder);
  mkdirSync(to, { recursive: true });
  cpSync(join(emitted, folder, 'src'), join(to, 'dist'), { recursive: true });
  const generated = join(root, folder, 'src', 'generated');
  if (existsSync(generated)) cpSync(generated, join(to, 'dist', 'generated'), { recursive: true });
  renameImports(join(to, 'dist'));
  const patterns = manifest.files.filter(name => name !== 'dist');
  for (const file of globSync(patterns, { cwd: join(root, folder) }))
    cpSync(join(root, folder, file), join(to, file), { recursive: true });
  cpSync(join(root, folder, 'README.md'), join(to, 'README.md'));
  cpSync(join(root, 'LICENSE'), join(to, 'LICENSE'));
  writeFileSync(join(to, 'package.json'), `${JSON.stringify(published(manifest), undefined, 2)}\n`);
};

const [given = join(root, 'data', 'packages')] = process.argv.slice(2);
const destination = resolve(given);
const work = mkdtempSync(join(tmpdir(), 'outpost-pack-'));
try {
  mkdirSync(destination, { recursive: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', join(work, 'emitted')], root);
  for (const folder of folders) {
    const staged = join(work, 'staged', folder);
    stage(folder, join(work, 'emitted'), staged);
    const tarball = run('npm', ['pack', '--silent', '--pack-destination', destination], staged).trim();
    console.log(join(destination, tarball));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
