import type { Node } from './document.ts';

/** Reads a flag as osquery does: `true`, the texts `true` and `t`, and whole numbers other than 0 are true. */
export function readBool(node: Node | undefined, absent: boolean): boolean {
  if (node === undefined) return absent;
  const { value } = node;
  if (node.type === 'string') return /^(?:true|t)$/i.test(value);
  if (node.type === 'number') return Number.isInteger(value) && value !== 0;
  return value === true;
}

/** Reads a whole number that is not negative, or its decimal text; undefined for anything else. */
export function readCount(node: Node | undefined): number | undefined {
  if (node === undefined) return undefined;
  const number = node.type === 'string' && /^\s*\+?\d+\s*$/.test(node.value) ? Number(node.value) : node.value;
  return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}

/** Reads a text; '' for anything else. */
export const readText = (node: Node | undefined): string => (node?.type === 'string' ? node.value : '');
