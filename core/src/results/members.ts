import { jsonText } from './escape.ts';

/**
 * The members of a JSON object in the order in which osquery's RapidJSON keeps them: a member that is set again is first removed, which
 * moves the last one into its place, and then stands at the end.
 */
export class Members {
  readonly #members: { readonly key: string; readonly json: string }[] = [];

  /** Sets a member to a value that is JSON already. */
  set(key: string, json: string): this {
    const at = this.#members.findIndex(member => member.key === key);
    if (at >= 0) {
      const last = this.#members.pop();
      if (last !== undefined && at < this.#members.length) this.#members[at] = last;
    }
    this.#members.push({ key, json });
    return this;
  }

  /** Sets a member to a text. */
  setText(key: string, text: string): this {
    return this.set(key, jsonText(text));
  }

  /** The object. */
  toString(): string {
    return `{${this.#members.map(({ key, json }) => `${jsonText(key)}:${json}`).join(',')}}`;
  }

  /** What stands before and after the value of a member, for lines that differ in this value only. */
  around(key: string): readonly [before: string, after: string] {
    const at = this.#members.findIndex(member => member.key === key);
    const parts = this.#members.map(member => `${jsonText(member.key)}:${member.json}`);
    const before = [...parts.slice(0, at), `${jsonText(key)}:`].join(',');
    const after = parts.slice(at + 1);
    return [`{${before}`, `${after.length === 0 ? '' : `,${after.join(',')}`}}`];
  }
}
