/**
 * The native parts of the executable: shared objects that it carries as assets.
 *
 * dlopen(3) wants a file. Here it is one without a name, in memory (memfd_create(2)): nobody can put another in its place or write
 * to it (it is sealed), no temporary directory has to allow execution, nothing is left behind when the process is killed, and other
 * versions of the agent are not in the way. A part is made when it is first needed, once a process: its threads share the descriptor.
 */
import { writeSync } from 'node:fs';
import { getRawAsset } from 'node:sea';

/** The parts, by the names of their assets. */
export const nativeParts = ['better_sqlite3', 'classic_level', 'koffi', 'outpost'] as const;
/** One of them. */
export type NativePart = (typeof nativeParts)[number];

/** Linux: include/uapi/linux/memfd.h and fcntl.h. */
const closeOnExec = 0x1;
const allowSealing = 0x2;
const addSeals = 1033;
const allSeals = 0xf; // against further seals, shrinking, growing and writing

interface Libc {
  memfd_create(name: string, flags: number): number;
  fcntl(fd: number, command: number, argument: number): number;
}

interface ForeignFunctions {
  dlopen(path: null, signatures: object): { readonly functions: Libc };
}

/** @throws Error without node:ffi, which is an experimental part of the runtime */
const libc = (): Libc => {
  const ffi = process.getBuiltinModule('node:ffi') as unknown as ForeignFunctions;
  return ffi.dlopen(null, {
    memfd_create: { arguments: ['string', 'uint32'], return: 'int32' },
    fcntl: { arguments: ['int32', 'int32', 'int32'], return: 'int32' },
  }).functions;
};

const fail = (part: string, what: string): never => {
  throw new Error(`The native part ${part} of the executable cannot be loaded: ${what}.`);
};

/** A sealed file in memory with the bytes of an asset. @returns its descriptor */
const makeFile = (part: NativePart): number => {
  const { memfd_create, fcntl } = libc();
  const fd = memfd_create(`outpost-${part}`, closeOnExec | allowSealing);
  if (fd < 0) fail(part, 'memfd_create(2) makes no file in memory; the kernel must be Linux 3.17 or later and let it');
  const bytes = new Uint8Array(getRawAsset(`native/${part}`));
  for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
  if (fcntl(fd, addSeals, allSeals) !== 0) fail(part, 'its file in memory cannot be sealed');
  return fd;
};

const sharedKey = 'outpost native parts';
/** In the slots of the parts: nobody has made it, a thread is making it; otherwise the descriptor. */
const absent = 0;
const coming = -1;

/** One slot a part. The main thread makes them, and all threads share them. */
let slots = new Int32Array(new SharedArrayBuffer(nativeParts.length * Int32Array.BYTES_PER_ELEMENT));

/** Lets the threads that are started from now on share what is loaded. */
export const shareNativeParts = (): void =>
  process.getBuiltinModule('node:worker_threads').setEnvironmentData(sharedKey, slots);

/** Has this thread share what the main thread loads. */
export const takeNativeParts = (): void => {
  slots = process.getBuiltinModule('node:worker_threads').getEnvironmentData(sharedKey) as typeof slots;
};

const descriptor = (part: NativePart): number => {
  const [shared, slot] = [slots, nativeParts.indexOf(part)];
  const found = Atomics.compareExchange(shared, slot, absent, coming);
  if (found === coming) Atomics.wait(shared, slot, coming);
  if (found !== absent) return Atomics.load(shared, slot);
  try {
    Atomics.store(shared, slot, makeFile(part));
  } catch (error) {
    Atomics.store(shared, slot, absent);
    throw error;
  } finally {
    Atomics.notify(shared, slot);
  }
  return Atomics.load(shared, slot);
};

/** A path by which dlopen(3) finds a part, in this process; always the same, by which it knows that the part is loaded. */
export const nativePath = (part: NativePart): string => `/proc/self/fd/${descriptor(part)}`;

const loaded = new Map<NativePart, unknown>();

/** What a part exports as an addon, to this thread. @throws Error that names the part */
export const loadNative = (part: NativePart): unknown => {
  if (loaded.has(part)) return loaded.get(part);
  const module = { exports: {} as unknown };
  try {
    process.dlopen(module, nativePath(part));
  } catch (error) {
    fail(part, `${(error as Error).message.trim()} (it is loaded by way of /proc, which must be mounted)`);
  }
  loaded.set(part, module.exports);
  return module.exports;
};
