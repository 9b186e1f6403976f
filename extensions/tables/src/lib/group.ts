import { idOf } from './passwd.ts';

/** One group of a group file. */
export interface Group {
  readonly name: string;
  readonly gid: number;
  /** Names of the users who are in it besides those whose primary group it is. */
  readonly members: readonly string[];
}

/** The groups of a group file (group(5)). Comments, lines of NIS (`+group`) and lines without a number are passed over. */
export function* parseGroups(content: string): Generator<Group> {
  for (const raw of content.split('\n')) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#') || line.startsWith('+') || line.startsWith('-')) continue;
    const [name = '', , gidField, members = ''] = line.split(':');
    const gid = idOf(gidField);
    if (gid !== undefined) yield { name, gid, members: members.split(',').filter(member => member !== '') };
  }
}
