import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type FileView, fileView } from '../table/files.ts';

/** The files of a machine that a test made up; disposing of it removes them. */
export interface FakeFiles extends FileView, Disposable {}

/**
 * A machine that has these files and no others: `using files = fakeFiles({ '/etc/shells': '/bin/sh\n' })`. They lie in a directory of
 * their own, {@link FileView.root}, where a test may add whatever else it needs: links, directories, other modes.
 *
 * @param contents by absolute path, as the table sees it
 */
export function fakeFiles(contents: Readonly<Record<string, string | Uint8Array>>): FakeFiles {
  const root = mkdtempSync(join(tmpdir(), 'files-'));
  for (const [path, content] of Object.entries(contents)) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  return Object.assign(fileView(root), {
    [Symbol.dispose]: (): void => rmSync(root, { recursive: true, force: true }),
  });
}
