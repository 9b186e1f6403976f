/** A loaded module of the kernel. */
export interface KernelModule {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Modules that need it, each followed by a comma; `-` for none. */
  readonly usedBy: string;
  /** `Live`, `Loading` or `Unloading`. */
  readonly status: string;
  /** Hexadecimal; all zeros for who may not see it. */
  readonly address: string;
}

/** The lines of /proc/modules (proc_modules(5)): name, size, number of uses, users, state, address, perhaps marks of a taint. */
export function* parseModules(content: string): Generator<KernelModule> {
  for (const line of content.split('\n')) {
    const [name, size, , usedBy, status, address] = line.split(' ');
    if (name === undefined || usedBy === undefined || status === undefined || address === undefined) continue;
    yield { name, size: Number.parseInt(size ?? '', 10) || 0, usedBy, status, address };
  }
}
