import { nearest } from '../nearest.ts';
import { otherNames } from './names.ts';
import { flagAliases, flagTable } from './table/index.ts';

/** The known flag nearest to a mistyped name, or undefined when none is near. */
export const nearestFlag = (name: string): string | undefined => {
  const wanted = name.replace(/^-+/, '').replaceAll('-', '_').toLowerCase();
  const declared = [...Object.keys(flagTable), ...Object.keys(flagAliases)].sort();
  return nearest(wanted, declared) ?? nearest(wanted, otherNames().sort());
};
