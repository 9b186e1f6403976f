import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { listOf } from '../flags/list.ts';
import {
  checkProgram,
  type ExtensionProgram,
  isScript,
  type ProgramCheck,
  programOf,
  type SafetyOptions,
} from './program.ts';

/** Where extensions to start are named. */
export interface AutoloadOptions extends SafetyOptions {
  /** `--extensions_autoload`: a file with one path a line; `#` and `;` begin comment lines. */
  readonly autoloadFile: string;
  /** `--extension`: paths, separated by commas. */
  readonly extension: string;
}

/** What is to be started, and what is not. */
export interface Autoload {
  readonly programs: readonly ExtensionProgram[];
  readonly faults: readonly ProgramCheck[];
  /** One message about all of `faults`, with the commands that mend them; undefined when there are none. */
  readonly message: string | undefined;
  /** The directories that were looked through: what comes and goes there is to be started and stopped. */
  readonly folders: readonly string[];
  /** For the verbose log: why the file was not read, and which files in directories were passed over. */
  readonly notes: readonly string[];
}

function linesOf(file: string, notes: string[]): string[] {
  if (file === '') return [];
  try {
    const lines = readFileSync(file, 'utf8').split('\n');
    return lines.map(line => line.trim()).filter(line => line !== '' && !/^[#;]/.test(line));
  } catch (error) {
    notes.push(`Cannot read the extensions autoload file ${file}: ${(error as Error).message}`);
    return [];
  }
}

/** Whether a file in a directory wants to be started: whoever put it there made it executable. */
const isExecutable = (path: string): boolean => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0;

function filesBelow(folder: string, notes: string[]): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name));
  return files.sort().filter(file => {
    const executable = isExecutable(file);
    if (!executable) notes.push(`Passed over ${file}: it is not executable`);
    return executable;
  });
}

/** The files a line names: itself, or the executable files below a directory. */
function filesOf(path: string, notes: string[], folders: string[]): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    folders.push(path);
    return filesBelow(path, notes);
  } catch {
    return [path]; // the check of the path says what is wrong with it
  }
}

const messageOf = (faults: readonly ProgramCheck[]): string | undefined => {
  if (faults.length === 0) return undefined;
  const count = new Set(faults.map(({ program }) => program)).size;
  const lines = faults.map(({ program, fault, repair }) => `  ${program}: ${fault}. Repair: ${repair}`);
  return [`${count === 1 ? 'An extension is' : `${count} extensions are`} not started:`, ...lines].join('\n');
};

/** Gives programs of the same file name different names: their paths. */
const distinct = (programs: readonly ExtensionProgram[]): ExtensionProgram[] => {
  const byName = Map.groupBy(programs, ({ name }) => name);
  return programs.map(own => ((byName.get(own.name)?.length ?? 0) > 1 ? { ...own, name: own.path } : own));
};

/** Finds the extensions that the agent starts. Whatever is wrong with them is found at once, and keeps only them from starting. */
export function findExtensions(options: AutoloadOptions): Autoload {
  const notes: string[] = [];
  const folders: string[] = [];
  const named = listOf(options.extension);
  const listed = linesOf(options.autoloadFile, notes).flatMap(line => filesOf(line, notes, folders));
  const paths = [...new Set([...named, ...listed])];
  const checked = paths.map(path => ({ path, faults: checkProgram(path, options) }));
  const faults = checked.flatMap(({ faults }) => faults);
  const good = checked.filter(({ faults }) => faults.length === 0).map(({ path }) => path);
  notes.push(...good.map(path => `Found autoloadable extension: ${path}${isScript(path) ? ' (run by Node.js)' : ''}`));
  return { programs: distinct(good.map(programOf)), faults, message: messageOf(faults), folders, notes };
}
