import type { Speaker } from '../speaker.ts';
import { type ConfigFault, faultText } from './fault.ts';

/** Says each fault once for as long as it stands. */
export class Reporter {
  readonly #status: Speaker;
  #said: ReadonlySet<string> = new Set();
  #errors = 0;

  constructor(status: Speaker) {
    this.#status = status;
  }

  /** @param standing all that is wrong now, each with what makes it the same as before */
  report(standing: readonly { readonly key: string; readonly fault: ConfigFault }[]): void {
    const now = new Set<string>();
    const errors = standing.filter(({ fault }) => fault.severity === 'error').length;
    for (const { key, fault } of standing) {
      const text = faultText(fault);
      const id = `${key}\0${text}`;
      if (!this.#said.has(id) && !now.has(id)) {
        if (fault.severity === 'error') this.#status.error('config', text);
        else this.#status.warning('config', text);
      }
      now.add(id);
    }
    this.#said = now;
    if (this.#errors > 0 && errors === 0) this.#status.info('config', 'The configuration has no errors any more.');
    this.#errors = errors;
  }
}
