import { libc } from './libc.ts';

const noData = 61;
const outOfRange = 34;
const unsupported = 95;
/** XATTR_LIST_MAX and XATTR_SIZE_MAX of Linux. */
const largestBytes = 65_536;

/** Functions of listxattr(2) and getxattr(2), typed by hand: koffi's are not. */
interface Calls {
  readonly llistxattr: (path: string, list: Buffer, size: number) => number;
  readonly lgetxattr: (path: string, name: string, value: Buffer, size: number) => number;
}

let bound: Calls | undefined;

function calls(): Calls {
  if (bound === undefined) {
    const { library } = libc();
    bound = {
      llistxattr: library.func('int64_t llistxattr(const char *path, void *list, size_t size)'),
      lgetxattr: library.func('int64_t lgetxattr(const char *path, const char *name, void *value, size_t size)'),
    };
  }
  return bound;
}

/** What one call filled, in one buffer for all of them. */
let buffer = Buffer.alloc(0);

/** Runs a call that fills the buffer. Undefined where the answer is "there is none"; other failures throw. */
function filled(what: string, path: string, call: (room: Buffer) => number): Buffer | undefined {
  if (buffer.length === 0) buffer = Buffer.alloc(largestBytes);
  const length = call(buffer);
  if (length >= 0) return buffer.subarray(0, length);
  const code = libc().koffi.errno();
  if (code === noData || code === unsupported || code === outOfRange) return undefined;
  throw new Error(`${what} of ${path} failed with errno ${code}`);
}

/** The names of the extended attributes of a file, or of a link itself. @throws Error with the errno when it cannot be asked */
export function attributeNames(path: string): string[] {
  const list = filled('llistxattr', path, room => calls().llistxattr(path, room, room.length));
  return (
    list
      ?.toString('latin1')
      .split('\0')
      .filter(name => name !== '') ?? []
  );
}

/** The value of an extended attribute; undefined when it is gone, or too large to be read. @throws as {@link attributeNames} */
export function attributeValue(path: string, name: string): Buffer | undefined {
  const value = filled('lgetxattr', path, room => calls().lgetxattr(path, name, room, room.length));
  return value === undefined ? undefined : Buffer.from(value);
}
