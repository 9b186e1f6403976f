/** The words of a meta command: white space parts them, '…' is literal, "…" and bare words know C's escapes. */

const escapeCharacters: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

const withoutEscapes = (text: string): string =>
  text.replace(/\\([0-7]{1,3}|[\s\S])/g, (_, code: string) => {
    if (/^[0-7]+$/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return escapeCharacters[code] ?? code;
  });

const word = /\s*(?:'([^']*)'?|"((?:\\[\s\S]|[^"\\])*)\\?"?|(\S+))/g;

/** Cuts a line, without its leading dot, into words. An unclosed quote ends at the end of the line. */
export const metaWords = (line: string): string[] =>
  [...line.trimEnd().matchAll(word)].map(
    ([, literal, quoted, bare]) => literal ?? withoutEscapes(quoted ?? bare ?? ''),
  );
