/** The text of whatever was thrown, to go on with in a sentence of one's own. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
