import type { Failure } from './messages.ts';
import type { NativeError } from './native.ts';

/** A budget that a query exceeded. */
export class BudgetError extends Error {
  readonly budget: NonNullable<Failure['budget']>;

  constructor(budget: NonNullable<Failure['budget']>) {
    super(`the budget of ${budget.limit} ${budget.kind} is used up`);
    this.budget = budget;
  }
}

/** Whatever a statement failed with, as it crosses threads. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof BudgetError) return { message: error.message, sqliteCode: 9, budget: error.budget };
  const { message, sqliteCode } = error as Partial<NativeError>;
  return { message: message ?? String(error), sqliteCode: typeof sqliteCode === 'number' ? sqliteCode & 0xff : 1 };
};
