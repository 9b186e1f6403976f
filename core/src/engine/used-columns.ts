/** The columns of a used mask as the native module gives it, ascending. */
export const usedColumns = (usedLow: number, usedHigh: number, columnCount: number): number[] => {
  const used: number[] = [];
  for (let column = 0; column < columnCount; column++) {
    const bit = Math.min(column, 63);
    if (((bit < 32 ? usedLow : usedHigh) >>> (bit & 31)) & 1) used.push(column);
  }
  return used;
};
