/** A name as statements have it, whatever its characters. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
