/**
 * What the daemon needs of the kernel and Node.js does not offer, from core/native/src/process.c. It loads no SQLite, so the watcher can
 * afford it. Everything here throws an Error with the kernel's words.
 */
import { constants } from 'node:os';
import { loadNativeModule } from './runtime/native-module.ts';

interface SystemCalls {
  lockFile(descriptor: number): boolean;
  idleIo(): void;
  sendDatagram(path: string, text: string): void;
  mapFile(descriptor: number, length: number): ArrayBuffer;
  reduceMemory(): void;
  unblockSignal(number: number): void;
  exitNow(code: number): never;
}

const calls = loadNativeModule() as SystemCalls;

/** Locks a file for this process, until the descriptor is closed (flock(2)). @returns false when another process has it locked */
export const lockFile = (descriptor: number): boolean => calls.lockFile(descriptor);

/** Gives way to everybody at the disk, from now on and with all processes that the calling thread starts (ioprio_set(2), class idle). */
export const idleIo = (): void => calls.idleIo();

/** Sends one datagram to a Unix socket. @param path of the socket; one that begins with `@` is a name of the abstract name space */
export const sendDatagram = (path: string, text: string): void => calls.sendDatagram(path, text);

/** The first bytes of a file as memory that all who map it share: what is written there outlives the process (mmap(2)). */
export const mapFile = (descriptor: number, length: number): ArrayBuffer => calls.mapFile(descriptor, length);

/** Has V8 collect the garbage of this thread, which it puts off while it does not know that memory is scarce, and gives what is free to the kernel. */
export const reduceMemory = (): void => calls.reduceMemory();

/** Lets a signal reach this thread that was blocked: `--disable-sigusr1` blocks SIGUSR1, so that it does not open Node's inspector. */
export const unblockSignal = (signal: NodeJS.Signals): void => calls.unblockSignal(constants.signals[signal]);

/** Ends the process at once, with all its threads: one that hangs in a system call keeps it from ending in any other way (_exit(2)). */
export const exitNow = (code: number): never => calls.exitNow(code);
