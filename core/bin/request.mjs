const entries = new Set(['daemon', 'shell', 'toolbox', 'run']);
const letters = { daemon: 'd', shell: 'i' };

const has = (argv, ...switches) => argv.some(argument => switches.includes(argument));

/**
 * Which program a call asks for: the first argument `daemon`, `shell`, `toolbox` or `run`; osquery's switches; the name it was called by;
 * the file it is in.
 * @param {string} ownName `outpostd`, `outposti` or `outpost`: the name of the file
 * @param {string} calledAs the last part of the name of the call
 * @param {readonly string[]} argv
 * @returns {{ entry: 'daemon' | 'shell' | 'toolbox' | 'run', name: string, argv: readonly string[] }} with the arguments that are left
 */
export const requestOf = (ownName, calledAs, argv) => {
  const name = /(?:osquery|outpost)[di]/.test(calledAs) ? calledAs : ownName;
  const [first, ...rest] = argv;
  if (entries.has(first)) {
    const letter = letters[first];
    const family = name.includes('osquery') ? 'osquery' : 'outpost';
    return { entry: first, name: letter === undefined ? ownName : `${family}${letter}`, argv: rest };
  }
  if (name === 'outpost') return { entry: 'toolbox', name, argv };
  if (has(argv, '-S', '--S')) return { entry: 'shell', name, argv };
  if (has(argv, '-D', '--D')) return { entry: 'daemon', name, argv };
  return { entry: /(?:osquery|outpost)d/.test(name) ? 'daemon' : 'shell', name, argv };
};
