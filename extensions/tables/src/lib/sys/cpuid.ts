import { libc } from './libc.ts';

/** What the CPUID instruction leaves in the registers eax, ebx, ecx and edx. */
export type Registers = readonly [eax: number, ebx: number, ecx: number, edx: number];

/** Runs CPUID with the given eax and ecx. */
export type Cpuid = (eax: number, ecx: number) => Registers;

/**
 * `void f(uint32_t eax, uint32_t ecx, uint32_t out[4])` in the calling convention of System V: push rbx; mov eax, edi; mov ecx, esi;
 * mov r8, rdx; cpuid; mov [r8], eax; mov [r8+4], ebx; mov [r8+8], ecx; mov [r8+12], edx; pop rbx; ret.
 */
const code = Buffer.from('5389f889f14989d00fa241890041895804418948084189500c5bc3', 'hex');

const pageBytes = 4096;
/** sys/mman.h */
const protection = { readWrite: 3, readExecute: 5 } as const;
const privateAnonymous = 0x22;

let made: Cpuid | undefined;

function make(): Cpuid {
  const { koffi, library } = libc();
  const map = library.func('void *mmap(void *, size_t, int, int, int, long)');
  const protect = library.func('int mprotect(void *, size_t, int)');
  const page: unknown = map(null, pageBytes, protection.readWrite, privateAnonymous, -1, 0);
  new Uint8Array(koffi.view(page, pageBytes)).set(code);
  if (protect(page, pageBytes, protection.readExecute) !== 0) throw new Error('The system lets nobody make code.');
  const run = koffi.decode(page, koffi.proto('void (uint32_t eax, uint32_t ecx, void *out)'));
  const out = Buffer.alloc(16);
  return (eax, ecx) => {
    run(eax, ecx, out);
    return [out.readUInt32LE(0), out.readUInt32LE(4), out.readUInt32LE(8), out.readUInt32LE(12)];
  };
}

/**
 * The CPUID instruction, which any program may run, as code that is put into a page of memory once in a thread: the kernel's
 * /dev/cpu/0/cpuid is for root and often not there. Undefined on other processors than x86-64. @throws where no code may be made.
 */
export function cpuidInstruction(): Cpuid | undefined {
  if (process.arch !== 'x64') return undefined;
  made ??= make();
  return made;
}
