import { runMeta } from '../meta/index.ts';
import { printTypes, typesPrefix } from '../meta/types.ts';
import { runSql } from '../run.ts';
import type { Shell } from '../shell.ts';
import { isBlank, isComplete } from '../statements.ts';

/** Whether the shell goes on after a line; `stop` says with what exit code it ends. */
export type LineOutcome = { readonly kind: 'more' } | { readonly kind: 'stop'; readonly exitCode: number };

const more: LineOutcome = { kind: 'more' };

/** Makes statements and meta commands of lines, and runs them. */
export class InputReader {
  readonly #shell: Shell;
  readonly #interactive: boolean;
  #pending = '';
  #types = false;
  #line = 0;
  #startLine = 0;
  #failed = false;

  constructor(shell: Shell, interactive: boolean) {
    this.#shell = shell;
    this.#interactive = interactive;
  }

  /** Whether a statement has begun and not ended. */
  get pending(): boolean {
    return this.#pending !== '';
  }

  /** Forgets the statement that has begun. */
  forget(): void {
    this.#pending = '';
    this.#types = false;
  }

  /** The exit code of a shell that ends now. */
  get exitCode(): number {
    return this.#failed ? 1 : 0;
  }

  /** Takes a line without its line end. */
  async line(raw: string): Promise<LineOutcome> {
    this.#line += 1;
    const text = raw.split('\0', 1)[0]?.replace(/\r$/, '') ?? '';
    if (!this.pending) {
      if (isBlank(text) && !text.includes(';')) return more;
      if (text.startsWith('.') && !text.startsWith(typesPrefix)) return this.#meta(text);
      this.#begin(text);
    } else this.#pending += `\n${text}`;
    if (text.includes(';') && isComplete(this.#pending)) return this.#run(`near line ${this.#startLine}: `);
    if (isBlank(this.#pending)) this.forget();
    return more;
  }

  /** Runs what is left when there are no more lines. */
  async end(): Promise<void> {
    if (this.pending && !isBlank(this.#pending)) await this.#run('');
  }

  #begin(text: string): void {
    this.#types = text.startsWith(typesPrefix);
    this.#pending = this.#types ? text.slice(typesPrefix.length) : text;
    this.#startLine = this.#line;
  }

  async #meta(line: string): Promise<LineOutcome> {
    this.#echo(line);
    const outcome = await runMeta(this.#shell, line);
    if (outcome.kind === 'exit') return { kind: 'stop', exitCode: outcome.code };
    if (outcome.kind === 'error') this.#failed = true;
    return outcome.kind === 'leave' ? this.#stop() : this.#next();
  }

  async #run(place: string): Promise<LineOutcome> {
    const sql = this.#pending;
    this.#echo(this.#types ? typesPrefix + sql : sql);
    const types = this.#types;
    this.forget();
    if (types) await printTypes(this.#shell, sql);
    else if ((await runSql(this.#shell, sql, `Error: ${this.#interactive ? '' : place}`)) !== 0) this.#failed = true;
    return this.#next();
  }

  #echo(text: string): void {
    if (this.#shell.settings.echo) this.#shell.print(`${text}\n`);
  }

  #next(): LineOutcome {
    this.#shell.flush();
    return this.#failed && this.#shell.settings.bail && !this.#interactive ? this.#stop() : more;
  }

  #stop(): LineOutcome {
    return { kind: 'stop', exitCode: this.exitCode };
  }
}
