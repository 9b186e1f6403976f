/** The key `options` of the configuration: from JSON values to the texts of flags, and which of them may be set there. */
import { libraryType, typeWithoutEffect } from './names.ts';
import { nearestFlag } from './suggest.ts';
import { definitionOf, flagAliases } from './table/index.ts';

/** Turns a JSON value into the text of a flag: texts as they are, the others in their JSON form. */
export const convertOption = (name: string, value: unknown): { readonly text: string; readonly warning?: string } => {
  if (typeof value === 'string') return { text: value };
  if (value === null || value === undefined) {
    return { text: '', warning: `Cannot parse unknown value type for option: ${name}` };
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return {
      text: '',
      warning: `The option ${name} is ${value}, and only a whole number will do. It keeps its value.`,
    };
  }
  return { text: typeof value === 'object' ? JSON.stringify(value) : String(value) };
};

/**
 * Why an option cannot be set by the configuration: a warning, or '' when it is passed over in silence; undefined when it can.
 */
export const optionFault = (name: string): string | undefined => {
  if (Object.hasOwn(flagAliases, name)) return undefined;
  const flagClass = definitionOf(name)?.class;
  if (flagClass === 'cli') {
    return `The CLI only flag --${name} set via config file will be ignored, please use a flagfile or pass it to the process at startup`;
  }
  if (flagClass !== undefined) return undefined;
  const plain = name.replaceAll('-', '_');
  if (typeWithoutEffect(plain) !== undefined) return `The option ${name} is known, but has no effect yet.`;
  if (libraryType(plain) !== undefined || definitionOf(plain) !== undefined) return '';
  const near = nearestFlag(name);
  const hint = near === undefined ? '' : `. Did you mean ${near}?`;
  return `Cannot set unknown or invalid flag: ${name}${hint}`;
};
