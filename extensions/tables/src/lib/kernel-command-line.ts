/** What a boot loader told the kernel. */
export interface BootParameters {
  /** `BOOT_IMAGE=`: the path of the kernel. */
  readonly image: string;
  /** `root=`: the device with the root directory. */
  readonly device: string;
  /** All the others, with blanks between them. */
  readonly rest: string;
}

/** One parameter: a blank in quotation marks does not end it. */
const parameter = /(?:[^\s"]|"[^"]*"?)+/g;

/** Parses /proc/cmdline (proc_cmdline(5)). */
export function parseCommandLine(content: string): BootParameters {
  let image = '';
  let device = '';
  const rest: string[] = [];
  for (const [word] of content.matchAll(parameter)) {
    if (word.startsWith('BOOT_IMAGE=')) image = word.slice('BOOT_IMAGE='.length);
    else if (word.startsWith('root=')) device = word.slice('root='.length);
    else rest.push(word);
  }
  return { image, device, rest: rest.join(' ') };
}
