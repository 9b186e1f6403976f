import { resolve } from 'node:path';
import { type ConfigDefinition, defineConfig, type FileView, type PluginContext } from '@outpost/sdk';
import { packFiles } from './multi-pack.ts';

/** What `filesystem` is told. */
export interface FilesystemConfigOptions {
  /** The main file: `--config_path`. The files `*.conf` in the directory `PATH.d` join it. */
  readonly path: string;
}

/** The configuration of files: one source for each, named by its path. */
export function filesystemConfig({ path }: FilesystemConfigOptions): ConfigDefinition {
  const mentioned = new Set<string>();
  return defineConfig({
    name: 'filesystem',
    description: 'Reads the configuration from the file --config_path and the files beside it in PATH.d.',
    genConfig: context => {
      if (context.files.stat(resolve(path))?.isFile() !== true) throw new Error(`config file does not exist: ${path}`);
      const main = context.files.readText(resolve(path));
      const others = dropIns(context.files, path).flatMap(source => read(source, context, mentioned));
      return Object.fromEntries([[path, main], ...others]);
    },
    genPack: (name, value, { files, warn }) => {
      if (name === '*') return packFiles(value, files, warn);
      const target = resolve(value);
      return files.stat(target)?.isFile() === true ? files.readText(target) : '';
    },
  });
}

/** The paths of `PATH.d/*.conf`, sorted; like a shell's, the pattern finds no name that begins with a dot. */
function dropIns(files: FileView, path: string): string[] {
  const directory = `${path}.d`;
  const names = files.readdir(resolve(directory)).filter(name => name.endsWith('.conf') && !name.startsWith('.'));
  return names
    .map(name => `${directory}/${name}`)
    .filter(source => files.stat(resolve(source))?.isFile() === true)
    .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
}

/** A file that cannot be read is left out, and mentioned once for each reason. */
function read(source: string, { files, warn }: PluginContext, mentioned: Set<string>): [string, string][] {
  try {
    return [[source, files.readText(resolve(source))]];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!mentioned.has(reason)) warn(`The configuration file ${source} is left out: ${reason}`);
    mentioned.add(reason);
    return [];
  }
}
