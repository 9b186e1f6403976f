/** Why something was not sent: what happened, and what to do about it. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
  /** What kind of failure it is, such as `ResourceNotFoundException`. */
  readonly code: string;
  readonly remedy: string;
  /** Whether the same request may succeed a moment later. */
  readonly passing: boolean;
  /** Whether the service asks for less at once. */
  readonly throttled: boolean;

  constructor(code: string, words: TroubleWords, options: ErrorOptions = {}) {
    super(`${words.message} ${words.remedy}`, options);
    this.code = code;
    this.remedy = words.remedy;
    this.passing = words.passing ?? false;
    this.throttled = words.throttled ?? false;
  }
}

/** What makes a {@link Trouble}. */
export interface TroubleWords {
  /** What happened, as a sentence. */
  readonly message: string;
  /** What to do, as a sentence. */
  readonly remedy: string;
  readonly passing?: boolean;
  readonly throttled?: boolean;
}
