/** Keeps what is said on the status log, each line with the letter of its severity. */
export class Sayings {
  readonly lines: string[] = [];
  info(_source: string, message: string): void {
    this.lines.push(`I ${message}`);
  }
  warning(_source: string, message: string): void {
    this.lines.push(`W ${message}`);
  }
  error(_source: string, message: string): void {
    this.lines.push(`E ${message}`);
  }
  verbose(): void {
    this.verbosely += 1;
  }
  /** How many verbose lines there were. */
  verbosely = 0;
}
