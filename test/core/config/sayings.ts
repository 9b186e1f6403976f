/** Keeps what is said on the status log, each line with the letter of its severity. */
export class Sayings {
  readonly lines: string[] = [];
  /** The same with verbose lines, which have the letter of INFO. */
  readonly everything: string[] = [];
  info(_source: string, message: string): void {
    this.#say(`I ${message}`);
  }
  warning(_source: string, message: string): void {
    this.#say(`W ${message}`);
  }
  error(_source: string, message: string): void {
    this.#say(`E ${message}`);
  }
  verbose(_source: string, message: string): void {
    this.everything.push(`I ${message}`);
    this.verbosely += 1;
  }
  /** How many verbose lines there were. */
  verbosely = 0;

  #say(line: string): void {
    this.lines.push(line);
    this.everything.push(line);
  }
}
