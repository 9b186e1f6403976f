import type { Bodies, FunctionEnvironment } from './declarations.ts';
import { translatePattern } from './regex-syntax.ts';

/** Compiled patterns that are kept. */
const cacheSize = 64;

class InvalidRegex extends Error {}

const compile = (pattern: string, flags: string): RegExp => {
  try {
    return new RegExp(translatePattern(pattern), flags);
  } catch (error) {
    throw new InvalidRegex('Invalid regex', { cause: error });
  }
};

/** Compiles patterns, and keeps the last of them. */
const compiler = (flags: string): ((pattern: string) => RegExp) => {
  const compiled = new Map<string, RegExp>();
  return pattern => {
    const known = compiled.get(pattern);
    if (known !== undefined) return known;
    const regex = compile(pattern, flags);
    if (compiled.size >= cacheSize) compiled.delete(compiled.keys().next().value ?? '');
    compiled.set(pattern, regex);
    return regex;
  };
};

/** The text between two matches; an empty rest is none, unless nothing matched. */
const tokenAt = (text: string, regex: RegExp, index: number): string | null => {
  let from = 0;
  regex.lastIndex = 0;
  for (let count = 0; ; count++) {
    const match = regex.exec(text);
    if (match === null) return index === count && (from < text.length || count === 0) ? text.slice(from) : null;
    if (count === index) return text.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[0] === '') regex.lastIndex += 1;
  }
};

/** regex_match and regex_split. Patterns are std::regex's, over bytes. */
export const functions = ({ regexMaxBytes }: FunctionEnvironment): Pick<Bodies, 'regex_match' | 'regex_split'> => {
  const matcher = compiler('');
  const splitter = compiler('g');
  return {
    regex_match: (text, pattern, index) => {
      if (pattern.length > regexMaxBytes)
        throw new InvalidRegex(`Invalid regex: too big, max size is ${regexMaxBytes} bytes`);
      const match = matcher(pattern).exec(text);
      return match === null || index < 0 || index >= match.length ? null : (match[index] ?? '');
    },
    regex_split: (text, pattern, index) => {
      if (pattern === '') throw new InvalidRegex('Invalid input to split function');
      if (pattern.length > regexMaxBytes) throw new InvalidRegex('Invalid regex');
      return index < 0 ? null : tokenAt(text, splitter(pattern), index);
    },
  };
};
