/** The names in a text that holds a comma-separated list, as several flags do. */
export const listOf = (text: string): string[] =>
  text
    .split(',')
    .map(item => item.trim())
    .filter(item => item !== '');
