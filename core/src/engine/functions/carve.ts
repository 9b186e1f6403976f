import type { Bodies, FunctionEnvironment } from './declarations.ts';

/** carve: what osquery answers whose carver is switched off. */
export const functions = ({ warn }: FunctionEnvironment): Pick<Bodies, 'carve'> => ({
  carve: paths => {
    const count = paths.split('\0').length - 1;
    warn(
      'carve',
      `Carving is off: ${count} ${count === 1 ? 'file was' : 'files were'} asked for, and none is collected.`,
    );
    return 'Carve Failed:';
  },
});
