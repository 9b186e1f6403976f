/** As many texts as one pattern may stand for; more would be an attack, not a pattern. */
const maxAlternatives = 10_000;

/** The longest pattern that is looked at, characters: twice the longest path of Linux (PATH_MAX), for the sake of alternatives. */
export const longestPattern = 8_192;

/** The index of the brace that closes the one at `open`, and of the commas between them; undefined when none does. */
function group(pattern: string, open: number): { close: number; commas: number[] } | undefined {
  const commas: number[] = [];
  let depth = 0;
  for (let at = open; at < pattern.length; at += 1) {
    const character = pattern[at];
    if (character === '\\') at += 1;
    else if (character === '{') depth += 1;
    else if (character === ',' && depth === 1) commas.push(at);
    else if (character === '}') {
      depth -= 1;
      if (depth === 0) return { close: at, commas };
    }
  }
  return undefined;
}

/** The first brace that opens a group; `{}` is text, as glob(3) has it for find(1)'s sake. */
function firstOpen(pattern: string): number {
  for (let at = 0; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === '{' && pattern[at + 1] !== '}') return at;
  }
  return -1;
}

/** Expands `{a,b}` groups, nested ones too (glob(3), GLOB_BRACE). A brace without its partner is text; a pattern that is too long stands for nothing. */
export function expandBraces(pattern: string): string[] {
  if (pattern.length > longestPattern) return [];
  const done: string[] = [];
  const ahead = [pattern];
  for (let next = ahead.pop(); next !== undefined && done.length < maxAlternatives; next = ahead.pop()) {
    const open = firstOpen(next);
    const found = open < 0 ? undefined : group(next, open);
    if (found === undefined) {
      done.push(next);
      continue;
    }
    const ends = [...found.commas, found.close];
    const starts = [open, ...found.commas];
    for (let index = ends.length - 1; index >= 0; index -= 1) {
      const choice = next.slice((starts[index] ?? open) + 1, ends[index]);
      ahead.push(next.slice(0, open) + choice + next.slice(found.close + 1));
    }
  }
  return done;
}
