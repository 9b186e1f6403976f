import { createScanner, type ParseError, printParseErrorCode } from 'jsonc-parser';

/** The most levels of a configuration: the root is the first, and what stands in an array or object is one deeper. */
export const levelLimit = 32;

/** What the parser expected, for each of its errors. */
const expectations: Readonly<Record<string, string>> = {
  InvalidSymbol: 'This is no JSON value: text must stand in double quotes',
  InvalidNumberFormat: 'This is not a number of JSON',
  PropertyNameExpected: 'A key in double quotes, or }, is expected here',
  ValueExpected: 'A value is expected here',
  ColonExpected: 'A colon is expected here, between key and value',
  CommaExpected: 'A comma is expected here',
  CloseBraceExpected: 'A } is expected here',
  CloseBracketExpected: 'A ] is expected here',
  EndOfFileExpected: 'Nothing is expected here: the object is complete',
  UnexpectedEndOfComment: 'The comment that begins here does not end',
  UnexpectedEndOfString: 'The string that begins here does not end on its line',
  UnexpectedEndOfNumber: 'The number that begins here does not end',
  InvalidUnicode: 'The string that begins here has an invalid \\u escape',
  InvalidEscapeCharacter: 'The string that begins here has an invalid escape',
  InvalidCharacter: 'The string that begins here has a control character: write it as an escape',
};

/** A syntax error as a sentence. */
export const syntaxText = ({ error }: ParseError): string =>
  `${expectations[printParseErrorCode(error)] ?? 'This is not JSON'}.`;

const closers = new Map([
  ['{', '}'],
  ['[', ']'],
]);

/** Where a text goes deeper than is allowed; undefined when it does not. Needs no stack, however deep it is. */
export function tooDeepAt(text: string): number | undefined {
  const scanner = createScanner(text, true);
  const open: string[] = [];
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const first = text.charAt(scanner.getTokenOffset());
    const closer = closers.get(first);
    if (closer !== undefined) open.push(closer);
    else if (first === open.at(-1)) open.pop();
    const isScalar = closer === undefined && !/[}\]:,]/.test(first);
    if (open.length + (isScalar ? 1 : 0) > levelLimit) return scanner.getTokenOffset();
  }
  return undefined;
}
