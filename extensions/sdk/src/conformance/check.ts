import type { Trial } from './trial.ts';

/** What an extension can be checked for, in this order. */
export const conformanceLevels = ['core', 'writable', 'config', 'logger', 'distributed'] as const;

/** A part of the contract between agent and extension. */
export type ConformanceLevel = (typeof conformanceLevels)[number];

/** What a check found: nothing wrong, what is wrong, or why there was nothing to look at. */
export type Found = { readonly kind: 'sound' } | { readonly kind: 'fault' | 'skipped'; readonly text: string };

/** Nothing is wrong. */
export const sound: Found = { kind: 'sound' };
/** Something is wrong. @param text what was found, a phrase */
export const fault = (text: string): Found => ({ kind: 'fault', text });
/** There is nothing to look at. @param text why, a phrase */
export const skipped = (text: string): Found => ({ kind: 'skipped', text });

/** One demand on extensions. */
export interface Check {
  /** The level, a point, and a word: `core.ping`. */
  readonly id: string;
  /** What is done to the extension, a phrase. */
  readonly asked: string;
  /** What must come of it. */
  readonly expected: string;
  /** What the author should do where it does not. */
  readonly remedy: string;
  /** Whether an agent gets on without it: then a fault is advice. */
  readonly advisory?: boolean;
  run(trial: Trial): Promise<Found>;
}

/** The first fault among several looks, else what the last of them found; `otherwise` when there is nothing to look at. */
export async function firstFault<T>(
  things: readonly T[],
  otherwise: string,
  look: (thing: T) => Promise<Found>,
): Promise<Found> {
  let last: Found = skipped(otherwise);
  let seen: Found | undefined;
  for (const thing of things) {
    last = await look(thing);
    if (last.kind === 'fault') return last;
    if (last.kind === 'sound') seen = last;
  }
  return seen ?? last;
}
