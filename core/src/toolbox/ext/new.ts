import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { OutpostError } from '@outpost/protocol';
import { reasonOf } from '../../reason.ts';
import { sdkPackages } from '../../runtime/sdk-packages.ts';
import { type TemplateFile, templateFiles } from '../../runtime/template-files.ts';
import { firstSteps, type Kind, kinds, type Language, meanings, programOf, trial } from './languages.ts';
import { type ExtensionName, extensionName, renamed } from './names.ts';

/** What `outpost ext new` is told. */
export interface NewFlags {
  readonly language: Language;
  readonly kind: Kind;
  readonly directory?: string;
}

/** A file of a project. */
interface ProjectFile {
  readonly path: string;
  readonly content: string | Uint8Array;
  readonly executable: boolean;
}

/** The files of a template: those of every project in the language, and those of the kind. */
const filesOf = (language: Language, kind: Kind): readonly TemplateFile[] => {
  const all = templateFiles().filter(({ path }) => path.startsWith(`${language}/`));
  const below = (part: string): readonly TemplateFile[] => {
    const prefix = `${language}/${part}/`;
    return all
      .filter(({ path }) => path.startsWith(prefix))
      .map(file => ({ ...file, path: file.path.slice(prefix.length) }));
  };
  const own = below(kind);
  if (own.length > 0) return [...below('project'), ...own];
  const known = kinds.filter(name => below(name).length > 0).join(', ');
  throw new OutpostError('EXTENSION_KIND_MISSING', { kind, language, kinds: known });
};

const projectFile = (
  { path, text, executable }: TemplateFile,
  name: ExtensionName,
  { language, kind }: NewFlags,
): ProjectFile => ({
  path: renamed(path, name).replace(/^gitignore$/, '.gitignore'),
  content: renamed(text, name)
    .replace('WHAT', meanings[kind](name))
    .replace('TRY', trial(kind, `./${programOf(language, name)}`, name)),
  executable,
});

const vendor = 'vendor';

/** The SDK as files of the project: no registry has this version of it. */
const vendored = (files: readonly ProjectFile[]): readonly ProjectFile[] => {
  const packages = sdkPackages();
  const place = (content: string): string =>
    packages.reduce((text, { file }) => {
      const [, scope, name] = /^(\w+)-(.+)-\d/.exec(file) ?? [];
      return text.replace(new RegExp(`("@${scope}/${name}": )"[^"]*"`), `$1"file:${vendor}/${file}"`);
    }, content);
  return [
    ...files.map(file =>
      file.path === 'package.json' && typeof file.content === 'string'
        ? { ...file, content: place(file.content) }
        : file,
    ),
    ...packages.map(({ file, bytes }) => ({ path: `${vendor}/${file}`, content: bytes, executable: false })),
  ];
};

/** Whether there is anything at a path. */
const isOccupied = (directory: string): boolean => {
  try {
    return readdirSync(directory).length > 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
};

/** One directory after the other: `mkdirSync` with `recursive` never returns where the kernel says ENOENT to a new name, as in /proc. */
const makeDirectory = (path: string): void => {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
};

const write = (directory: string, files: readonly ProjectFile[]): void => {
  try {
    for (const { path, content, executable } of files) {
      const target = join(directory, path);
      makeDirectory(dirname(target));
      writeFileSync(target, content, { mode: executable ? 0o755 : 0o644, flag: 'wx' });
    }
  } catch (error) {
    throw new OutpostError('EXTENSION_DIRECTORY_UNWRITABLE', { path: directory, reason: reasonOf(error) });
  }
};

/** @throws OutpostError EXTENSION_NAME_TAKEN */
const checkTable = async (name: string): Promise<void> => {
  const { bundledTableNames } = await import('../../agent/bundled.ts');
  if ((await bundledTableNames()).has(name)) throw new OutpostError('EXTENSION_NAME_TAKEN', { name });
};

/**
 * `outpost ext new`: makes the project of an extension, with tests that pass.
 * @returns the exit code
 */
export const newExtension = async (given: string, flags: NewFlags): Promise<number> => {
  const { language, kind } = flags;
  const name = extensionName(given);
  const template = filesOf(language, kind);
  if (kind === 'table') await checkTable(name.snake);
  const directory = resolve(flags.directory ?? name.kebab);
  if (isOccupied(directory)) throw new OutpostError('EXTENSION_DIRECTORY_OCCUPIED', { path: directory });
  const files = template.map(file => projectFile(file, name, flags));
  write(directory, language === 'typescript' ? vendored(files) : files);
  const program = `./${programOf(language, name)}`;
  const lines = [
    `Made ${meanings[kind](name).toLowerCase().replaceAll('`', '')} in ${directory}. Next:`,
    `cd ${relative(process.cwd(), directory) || '.'}`,
    ...firstSteps[language](name),
    `outpost ext run ${program}`,
    `outpost ext verify ${program}`,
  ];
  process.stdout.write(`${lines.join('\n  ')}\n`);
  return 0;
};
