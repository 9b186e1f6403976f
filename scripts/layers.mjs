// The import rule of the repository, checked: who may know whom (docs/architecture.md), and that modules know each other in no circle.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = {
  '@outpost/protocol': 'protocol',
  '@outpost/sdk': 'extensions/sdk',
  '@outpost/tables': 'extensions/tables',
  '@outpost/config': 'extensions/config',
  '@outpost/logger': 'extensions/logger',
  '@outpost/distributed': 'extensions/distributed',
  '@outpost/core': 'core',
  '@outpost/kinesis-logger': 'examples/kinesis-logger',
};
const plugins = ['extensions/tables', 'extensions/config', 'extensions/logger', 'extensions/distributed'];

/** What each package may import of ours, itself aside. */
const mayKnow = {
  protocol: [],
  'extensions/sdk': ['protocol'],
  ...Object.fromEntries(plugins.map(plugin => [plugin, ['extensions/sdk']])),
  core: ['protocol', 'extensions/sdk'],
  'examples/kinesis-logger': ['extensions/sdk'],
};

const packageOf = path => Object.values(packages).find(folder => path.startsWith(`${folder}/`));

/** The specifiers a module imports, statically or not, and whether only for types. */
const importsOf = text => {
  const found = [];
  const pattern =
    /^\s*(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;
  for (const [, type, named, dynamic] of text.matchAll(pattern))
    found.push({ specifier: named ?? dynamic, typeOnly: type !== undefined, dynamic: dynamic !== undefined });
  return found;
};

const resolve = (from, specifier) => {
  if (specifier.startsWith('.')) return relative(root, join(root, dirname(from), specifier));
  const folder = packages[specifier.split('/').slice(0, 2).join('/')];
  return folder === undefined ? undefined : `${folder}/src/index.ts`;
};

const faults = [];
const graph = new Map();

const checkImport = (file, { specifier, typeOnly, dynamic }) => {
  const target = resolve(file, specifier);
  if (specifier === 'koffi' && !/^extensions\/[a-z]+\/src\/lib\/sys\//.test(file))
    faults.push(`${file} imports koffi; only the lib/sys/ of an extension may`);
  if (target === undefined) return;
  if (!existsSync(join(root, target))) return faults.push(`${file} imports ${specifier}, which does not exist`);
  const [home, abroad] = [packageOf(file), packageOf(target)];
  if (home !== abroad && !mayKnow[home]?.includes(abroad))
    faults.push(`${file} (${home}) imports ${specifier} (${abroad ?? 'outside the packages'})`);
  if (target.startsWith('core/native/') && file !== 'core/src/engine/native.ts')
    faults.push(`${file} imports ${specifier}; only core/src/engine/native.ts may`);
  if (!typeOnly && !dynamic) graph.get(file)?.push(target);
};

const files = globSync('{protocol,extensions/*,core,examples/kinesis-logger}/{src,bin,native}/**/*.{ts,mjs}', {
  cwd: root,
}).filter(file => !/generated|native\/build\//.test(file));
for (const file of files) graph.set(file, []);
for (const file of files)
  for (const found of importsOf(readFileSync(join(root, file), 'utf8'))) checkImport(file, found);

const done = new Set();
const visit = (file, path) => {
  if (path.includes(file)) return faults.push(`a circle: ${[...path.slice(path.indexOf(file)), file].join(' → ')}`);
  if (done.has(file)) return;
  for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
  done.add(file);
};
for (const file of files) visit(file, []);

for (const fault of faults) console.error(fault);
console.log(`${files.length} modules, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
