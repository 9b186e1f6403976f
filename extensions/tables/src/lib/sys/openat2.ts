import fs from 'node:fs';
import { libc } from './libc.ts';
import { SystemCallError } from './sockets.ts';

/** The number of openat2(2), the same on every architecture. */
const number = 437;
const openPath = 0o10000000;
const closeOnExec = 0o2000000;
/** RESOLVE_IN_ROOT of linux/openat2.h: links and `..` never lead out of the directory, whoever changes them meanwhile. */
const resolveInRoot = 0x10;
/** `struct open_how`: flags, mode, how to resolve. */
const howBytes = 24;
const [notFound, tryAgain, notDirectory] = [2, 11, 20];
/** The kernel gives up a resolution during which something was renamed; then it is asked again. */
const attempts = 16;

/** Functions of the C library, typed by hand: koffi's are not. */
interface Calls {
  readonly syscall: (number: number, directory: number, path: string, how: Buffer, size: number) => number;
  readonly close: (descriptor: number) => number;
}

let bound: Calls | undefined;
let how: Buffer | undefined;

function calls(): Calls {
  if (bound === undefined) {
    const { library } = libc();
    bound = {
      syscall: library.func('long syscall(long number, int directory, const char *path, void *how, size_t size)'),
      close: library.func('int close(int fd)'),
    };
  }
  return bound;
}

function openHow(): Buffer {
  if (how === undefined) {
    how = Buffer.alloc(howBytes);
    how.writeBigUInt64LE(BigInt(openPath | closeOnExec), 0);
    how.writeBigUInt64LE(BigInt(resolveInRoot), 16);
  }
  return how;
}

function open(directory: number, path: string): number {
  for (let attempt = 1; ; attempt += 1) {
    const descriptor = Number(calls().syscall(number, directory, path, openHow(), howBytes));
    if (descriptor >= 0) return descriptor;
    const errno = libc().koffi.errno();
    if (errno !== tryAgain || attempt === attempts) throw new SystemCallError('openat2', errno);
  }
}

/**
 * Has `use` look at what a path leads to when `/` is `root`: it gets a path that stands for just that, whatever becomes of the links on the way.
 * Undefined when nothing is there.
 * @throws SystemCallError ENOSYS from kernels before 5.6, EPERM where it is not allowed, and others
 */
export function within<T>(root: string, path: string, use: (place: string) => T): T | undefined {
  const directory = fs.openSync(root, openPath | fs.constants.O_DIRECTORY);
  try {
    const descriptor = open(directory, path);
    try {
      return use(`/proc/self/fd/${descriptor}`);
    } finally {
      calls().close(descriptor);
    }
  } catch (error) {
    if (error instanceof SystemCallError && [notFound, notDirectory].includes(error.errno)) return undefined;
    throw error;
  } finally {
    fs.closeSync(directory);
  }
}
