import type { Fault } from './http.ts';
import { lineOf } from './trial.ts';

/** Lines of several queries, numbered through. */
export const linesOf = (first: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => lineOf(`query-${(first + index) % 7}`, first + index));

/** Faults by chance, about one request in three. @param throttling what the service calls too much at once */
export const chance = (random: (bound: number) => number, throttling: string) => (): Fault => {
  const phase = random(3);
  const faults: readonly Fault[] = [
    { kind: 'partial', refuses: index => (index + phase) % 3 === 0, type: throttling },
    { kind: 'partial', refuses: () => true, type: 'InternalFailure' },
    { kind: 'error', status: 400, type: throttling, message: 'Rate exceeded' },
    { kind: 'error', status: 500, type: 'InternalFailure' },
    { kind: 'error', status: 503, type: 'ServiceUnavailable' },
    { kind: 'reset' },
    { kind: 'lost' },
  ];
  return faults[random(3 * faults.length)] ?? { kind: 'none' };
};
