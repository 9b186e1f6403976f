/** The digits and the exponent of a finite number, rounded to 15 significant digits as C does: ties to even. */
function fifteenDigits(value: number): { readonly digits: string; readonly exponent: number } {
  const [digits = '', exponent = '0'] = value.toExponential(14).split('e');
  const rounded = { digits: digits.replace('.', ''), exponent: Number(exponent) };
  // ECMAScript rounds a tie up. Only a number of exactly 16 digits that ends in 5 is one.
  if (!value.toExponential(16).startsWith('50', 16)) return rounded;
  const [exact = '', exactExponent = '0'] = value.toExponential(100).split('e');
  if (/[1-9]/.test(exact.slice(17))) return rounded;
  const down = exact.slice(0, 16).replace('.', '');
  return Number(down.at(-1)) % 2 === 0 ? { digits: down, exponent: Number(exactExponent) } : rounded;
}

/** C's `%.15g`. */
export function percentG15(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  if (value === 0) return `${sign}0`;
  const { digits, exponent } = fifteenDigits(Math.abs(value));
  const significant = digits.replace(/0+$/, '');
  if (exponent < -4 || exponent >= 15) return `${sign}${scientific(significant, exponent)}`;
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${significant}`;
  const whole = significant.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const fraction = significant.slice(exponent + 1);
  return `${sign}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

function scientific(digits: string, exponent: number): string {
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** A double as a text of log lines and of the wire: `%.15g`, with `.0` behind it when it has no point. */
export function doubleText(value: number): string {
  const text = percentG15(value);
  return text.includes('.') ? text : `${text}.0`;
}

/** A double as a number of JSON under `--logger_numerics`: shortest digits, always with a point or an exponent. */
export function doubleNumber(value: number): string {
  if (!Number.isFinite(value)) return `"${doubleText(value)}"`;
  const text = Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
  return /[.e]/.test(text) ? text : `${text}.0`;
}
