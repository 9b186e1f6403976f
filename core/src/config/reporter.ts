import type { Speaker } from '../speaker.ts';
import { type ConfigFault, faultText } from './fault.ts';

/** Says each fault once for as long as it stands. */
export class Reporter {
  readonly #status: Speaker;
  #said: ReadonlySet<string> = new Set();

  constructor(status: Speaker) {
    this.#status = status;
  }

  /** @param standing all that is wrong now, each with what makes it the same as before */
  report(standing: readonly { readonly key: string; readonly fault: ConfigFault }[]): void {
    const now = new Set<string>();
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
  }
}
