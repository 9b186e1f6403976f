// Random queries over random tables, compared with plain SQLite. `node test/reliability/random-queries.ts WORLD` asks the queries of one world again.
import { Comparison, type Counts } from '../core/engine/random-queries-world.ts';

/** Compares so many queries. @throws an error that names the world of the first that differs, its tables and the statement */
export const compareQueries = async (seed: number, queries: number): Promise<Counts> => {
  const comparison = await Comparison.open();
  try {
    return await comparison.run(seed, queries);
  } finally {
    await comparison.close();
  }
};

const again = async (world: number): Promise<void> => {
  const comparison = await Comparison.open();
  try {
    await comparison.world(world);
    console.log(`World ${world}: every result is equal.`);
  } catch (error) {
    process.exitCode = 1;
    console.error((error as Error).message);
  } finally {
    await comparison.close();
  }
};

if (import.meta.main) await again(Number(process.argv[2]));
