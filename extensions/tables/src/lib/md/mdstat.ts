/** How far an action on an array has come, as the kernel writes it; empty where it says nothing. */
export interface MdAction {
  /** Such as `12.6% (37043392/292945152)`, or `DELAYED`. */
  readonly progress: string;
  readonly finish: string;
  readonly speed: string;
}

/** A drive of an array. */
export interface MdMember {
  readonly name: string;
  /** Its number in the array, which is its slot unless it came later. */
  readonly number: number;
}

/** The bitmap of what is not in sync. */
export interface MdBitmap {
  readonly pages: string;
  readonly chunk: string;
  readonly file: string;
}

export type MdActionName = 'recovery' | 'resync' | 'reshape' | 'check';

/** An array in /proc/mdstat. */
export interface MdArray {
  readonly name: string;
  /** `active` or `inactive`. */
  readonly status: string;
  readonly members: readonly MdMember[];
  /** Usable size in KiB; undefined when it is not told. */
  readonly size: number | undefined;
  /** What else the line with the size says, such as `super 1.2 512k chunks`. */
  readonly other: string;
  readonly actions: ReadonlyMap<MdActionName, MdAction>;
  readonly bitmap: MdBitmap | undefined;
}

/** What /proc/mdstat says. */
export interface MdStat {
  readonly personalities: readonly string[];
  readonly arrays: readonly MdArray[];
  readonly unused: string;
}

const headLine = /^(\S+) : (active|inactive)\b(.*)$/;
const member = /(\S+)\[(\d+)\]/g;
const sizeLine = /^\s+(\d+) blocks\b(.*)$/m;
const actionLine = /\b(recovery|resync|reshape|check) ?= *(\S+(?: \([^)]*\))?)(?: finish=(\S+))?(?: speed=(\S+))?/g;
const bitmapLine = /^\s+bitmap: ([^,\n]*), ([^,\n]*)(?:, file: (.*))?$/m;
/** How many drives there are, and which work. */
const health = /\[(?:\d+\/\d+|[U_]+)\]/g;

function actionsIn(text: string): Map<MdActionName, MdAction> {
  const actions = new Map<MdActionName, MdAction>();
  for (const [, name, progress = '', finish = '', speed = ''] of text.matchAll(actionLine))
    actions.set(name as MdActionName, { progress, finish, speed });
  return actions;
}

function arrayIn(head: string, body: string): MdArray | undefined {
  const [, name, status, drives = ''] = headLine.exec(head) ?? [];
  if (name === undefined || status === undefined) return undefined;
  const [, size, rest = ''] = sizeLine.exec(body) ?? [];
  const [, pages, chunk = '', file = ''] = bitmapLine.exec(body) ?? [];
  return {
    name,
    status,
    members: [...drives.matchAll(member)].map(([, drive = '', number]) => ({ name: drive, number: Number(number) })),
    size: size === undefined ? undefined : Number(size),
    other: rest.replace(health, '').trim().replace(/\s+/g, ' '),
    actions: actionsIn(body),
    bitmap: pages === undefined ? undefined : { pages: pages.trim(), chunk: chunk.trim(), file: file.trim() },
  };
}

/** Parses /proc/mdstat (md(4)): an array is a line that begins with its name and the indented lines after it. */
export function parseMdstat(content: string): MdStat {
  const blocks = content.split(/\n(?=\S)/);
  const after = (title: string): string =>
    blocks
      .find(block => block.startsWith(title))
      ?.slice(title.length)
      .trim() ?? '';
  return {
    personalities: [...after('Personalities :').matchAll(/\[([^\]]+)\]/g)].map(([, name = '']) => name),
    arrays: blocks.flatMap(block => {
      const newline = block.indexOf('\n');
      return arrayIn(newline < 0 ? block : block.slice(0, newline), newline < 0 ? '' : block.slice(newline)) ?? [];
    }),
    unused: after('unused devices:'),
  };
}
