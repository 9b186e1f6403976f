/** What /proc/cpuinfo says about the processors; empty and 0 where it says nothing, as much of it on ARM. */
export interface CpuSummary {
  readonly brand: string;
  readonly model: string;
  readonly microcode: string;
  readonly logical: number;
  readonly physical: number;
  readonly sockets: number;
}

type Block = ReadonlyMap<string, string>;

/** One block a logical processor, with an empty line between them. */
function blocksOf(content: string): Block[] {
  return content.split(/\n\s*\n/).flatMap(part => {
    const entries = part.split('\n').flatMap(line => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
    });
    const block = new Map(entries);
    return block.has('processor') ? [block] : [];
  });
}

/** Parses /proc/cpuinfo (proc_cpuinfo(5)). */
export function parseCpuinfo(content: string): CpuSummary {
  const blocks = blocksOf(content);
  const first: Block = blocks[0] ?? new Map();
  const sockets = new Set(blocks.flatMap(block => block.get('physical id') ?? []));
  const cores = new Set(
    blocks.flatMap(block => (block.has('core id') ? [`${block.get('physical id')} ${block.get('core id')}`] : [])),
  );
  return {
    brand: first.get('model name') ?? '',
    model: first.get('model') ?? '',
    microcode: first.get('microcode') ?? '',
    logical: blocks.length,
    physical: cores.size,
    sockets: sockets.size,
  };
}
