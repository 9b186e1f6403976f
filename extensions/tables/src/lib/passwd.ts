/** One account of a passwd file. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly description: string;
  readonly directory: string;
  readonly shell: string;
}

const largestId = 0xffff_ffff;

/** A user or group id as files write it; undefined when it is none. */
export function idOf(field: string | undefined): number | undefined {
  if (field === undefined || !/^\d{1,10}$/.test(field)) return undefined;
  const id = Number(field);
  return id <= largestId ? id : undefined;
}

/** The accounts of a passwd file (passwd(5)). Comments, lines of NIS (`+user`) and lines without numbers are passed over. */
export function* parsePasswd(content: string): Generator<Account> {
  for (const raw of content.split('\n')) {
    const line = raw.trimStart();
    if (line === '' || line.startsWith('#') || line.startsWith('+') || line.startsWith('-')) continue;
    const [name = '', , uidField, gidField, description = '', directory = '', ...shell] = line.split(':');
    const uid = idOf(uidField);
    const gid = idOf(gidField);
    if (uid === undefined || gid === undefined) continue;
    yield { name, uid, gid, description, directory, shell: shell.join(':') };
  }
}
