/** Whether a code point may stand at a place of a name. */
type Test = (point: number) => boolean;

const star = Symbol('star');
type Token = Test | typeof star;

const classes: Readonly<Record<string, RegExp>> = {
  alpha: /\p{L}/u,
  digit: /[0-9]/,
  alnum: /[\p{L}0-9]/u,
  upper: /\p{Lu}/u,
  lower: /\p{Ll}/u,
  space: /\s/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  xdigit: /[0-9A-Fa-f]/,
  cntrl: /\p{Cc}/u,
  print: /\P{Cc}/u,
  graph: /[^\p{Cc}\s]/u,
};

const anything: Test = () => true;
const exactly =
  (wanted: number): Test =>
  point =>
    point === wanted;
const between =
  (low: number, high: number): Test =>
  point =>
    point >= low && point <= high;

/** Whether a segment of a pattern has wildcards; otherwise it names one file. */
export function isMagic(segment: string): boolean {
  for (let at = 0; at < segment.length; at += 1) {
    const character = segment[at];
    if (character === '\\') at += 1;
    else if (character === '*' || character === '?') return true;
    else if (character === '[' && closing(segment, at) > 0) return true;
  }
  return false;
}

/** A segment without wildcards as the name it stands for. */
export const literalOf = (segment: string): string => segment.replace(/\\(.)/gsu, '$1');

/** The index of the bracket that closes the set at `open`; -1 when there is none. A bracket that comes first is a member. */
function closing(segment: string, open: number): number {
  let at = open + 1;
  if (segment[at] === '!' || segment[at] === '^') at += 1;
  if (segment[at] === ']') at += 1;
  for (; at < segment.length; at += 1) {
    if (segment[at] === '\\') at += 1;
    else if (segment.startsWith('[:', at) && segment.indexOf(':]', at) > 0) at = segment.indexOf(':]', at) + 1;
    else if (segment[at] === ']') return at;
  }
  return -1;
}

/** The test of a set, given what stands between its brackets. */
function setOf(body: string): Test {
  const negated = body.startsWith('!') || body.startsWith('^');
  const members: Test[] = [];
  const points = [...(negated ? body.slice(1) : body)];
  for (let at = 0; at < points.length; at += 1) {
    const named = /^\[:([a-z]+):\]/.exec(points.slice(at, at + 12).join(''));
    if (named?.[1] !== undefined) {
      const known = classes[named[1]];
      if (known !== undefined) members.push(point => known.test(String.fromCodePoint(point)));
      at += named[0].length - 1;
      continue;
    }
    if (points[at] === '\\') at += 1;
    const low = points[at]?.codePointAt(0);
    if (low === undefined) break;
    const high = points[at + 1] === '-' ? points[at + 2]?.codePointAt(0) : undefined;
    members.push(high === undefined ? exactly(low) : between(low, high));
    if (high !== undefined) at += 2;
  }
  return point => members.some(member => member(point)) !== negated;
}

/** The token at a place of a segment, and where the next one begins. */
function tokenAt(segment: string, at: number): [Token, number] {
  const character = segment[at];
  if (character === '*') return [star, at + 1];
  if (character === '?') return [anything, at + 1];
  const close = character === '[' ? closing(segment, at) : -1;
  if (close > 0) return [setOf(segment.slice(at + 1, close)), close + 1];
  const place = character === '\\' && at + 1 < segment.length ? at + 1 : at;
  const point = segment.codePointAt(place) ?? 0;
  return [exactly(point), place + (point > 0xffff ? 2 : 1)];
}

function tokensOf(segment: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < segment.length) {
    const [token, next] = tokenAt(segment, at);
    if (token !== star || tokens.at(-1) !== star) tokens.push(token);
    at = next;
  }
  return tokens;
}

/** Only the last star is tried again, so the time is at most tokens times points. */
function matches(tokens: readonly Token[], points: readonly number[]): boolean {
  let token = 0;
  let point = 0;
  let starToken = -1;
  let starPoint = 0;
  while (point < points.length) {
    const current = tokens[token];
    if (current === star) {
      starToken = token;
      starPoint = point;
      token += 1;
    } else if (current?.(points[point] ?? 0)) {
      token += 1;
      point += 1;
    } else if (starToken >= 0) {
      token = starToken + 1;
      starPoint += 1;
      point = starPoint;
    } else return false;
  }
  while (tokens[token] === star) token += 1;
  return token === tokens.length;
}

/** A function that tells whether a name matches one segment of a pattern (glob(7); a leading dot only matches a dot). */
export function segmentMatcher(segment: string): (name: string) => boolean {
  const dotted = segment.startsWith('.') || segment.startsWith('\\.');
  if (/^\*+$/.test(segment)) return name => !name.startsWith('.');
  const tokens = tokensOf(segment);
  return name =>
    (dotted || !name.startsWith('.')) &&
    matches(
      tokens,
      Array.from(name, character => character.codePointAt(0) ?? 0),
    );
}

/** Whether a segment can match `.` and `..`, which a directory's listing does not have. */
export const matchesDots = (segment: string): boolean => segment.startsWith('.') || segment.startsWith('\\.');
