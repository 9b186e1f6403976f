import type { Budget, Failure } from './messages.ts';
import { type NativeError, takeRefusal } from './native.ts';

/** SQLITE_NOMEM. */
const outOfMemory = 7;
/** SQLITE_INTERRUPT. */
const interrupted = 9;

/** A budget that a query exceeded. */
export class BudgetError extends Error {
  readonly budget: NonNullable<Failure['budget']>;

  constructor(budget: NonNullable<Failure['budget']>) {
    super(`the budget of ${budget.limit} ${budget.kind} is used up`);
    this.budget = budget;
  }
}

/** An error, or what is behind it when SQLite was refused memory: it may then call itself many things. */
export const budgetOf = (error: unknown, { memory }: Pick<Budget, 'memory'>): unknown =>
  takeRefusal() ? new BudgetError({ kind: 'memory', limit: memory }) : error;

/** Whatever a statement failed with, as it crosses threads. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof BudgetError) {
    const sqliteCode = error.budget.kind === 'memory' ? outOfMemory : interrupted;
    return { message: error.message, sqliteCode, budget: error.budget };
  }
  const { message, sqliteCode } = error as Partial<NativeError>;
  return { message: message ?? String(error), sqliteCode: typeof sqliteCode === 'number' ? sqliteCode & 0xff : 1 };
};
