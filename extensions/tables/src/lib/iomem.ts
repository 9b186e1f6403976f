/** A range of physical addresses. */
export interface AddressRange {
  readonly name: string;
  /** First and last address, hexadecimal without a prefix; all zeros for who may not see them. */
  readonly start: string;
  readonly end: string;
}

/** The lines of /proc/iomem (proc_iomem(5)). Ranges inside another one are indented. */
export function* parseIomem(content: string): Generator<AddressRange> {
  for (const [, start, end, name] of content.matchAll(/^ *([0-9a-f]+)-([0-9a-f]+) : (.*)$/gm)) {
    if (start !== undefined && end !== undefined && name !== undefined) yield { name, start, end };
  }
}
