import { globSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { FileView } from '@outpost/sdk';

/**
 * The packs of all files that match a pattern (`%` stands for `*`), each named by its file's name without the last extension, as one
 * JSON object of packs. Files that cannot be read or hold no JSON are left out with a warning.
 */
export function packFiles(pattern: string, files: FileView, warn: (message: string) => void): string {
  const members: string[] = [];
  for (const path of globSync(pattern.replaceAll('%', '*')).sort()) {
    const text = textOf(resolve(path), files);
    if (text === undefined) warn(`Cannot read multi-pack file: ${path}`);
    else if (!isJson(text)) warn(`Cannot read multi-pack JSON: ${path}`);
    else members.push(`${JSON.stringify(basename(path, extname(path)))}:\n${text}\n`);
  }
  return `{${members.join(',')}}`;
}

function textOf(path: string, files: FileView): string | undefined {
  try {
    return files.readText(path);
  } catch {
    // The caller warns, whatever the reason.
    return undefined;
  }
}

const skipped = /("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\/|^[ \t]*#[^\n]*/gm;
const trailingComma = /("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g;

/** Whether a text is JSON with comments and trailing commas at most: one broken file must not spoil the others. */
function isJson(text: string): boolean {
  try {
    JSON.parse(
      text
        .replace(/\\\r?\n/g, '')
        .replace(skipped, '$1')
        .replace(trailingComma, '$1'),
    );
    return true;
  } catch {
    // Where it is broken is of no use to the other files; the warning names the file.
    return false;
  }
}
