/** Whether `digits` × 10^`exponent` reads back as `value`. */
const roundTrips = (digits: string, exponent: number, value: number): boolean =>
  Number(`${digits}e${exponent}`) === value;

const increment = (digits: string): string => String(BigInt(digits) + 1n);

/**
 * How many of the significant digits SQLite shows: 17, or fewer when the digits end in a run of nines or zeros and the shorter
 * number reads back the same.
 */
const precisionOf = (digits: string, exponent: number, value: number): number => {
  if (digits.slice(14, 16) === '99') {
    const kept = digits.slice(0, 14).replace(/9+$/, '');
    const rounded = kept === '' ? '1' : increment(kept);
    return roundTrips(rounded, exponent - kept.length + 1, value) ? kept.length + 1 : 17;
  }
  if (exponent + 1 < digits.length && digits.slice(13, 16) !== '000') return 17;
  const kept = digits.slice(0, 13).replace(/0+$/, '');
  return roundTrips(kept, exponent - kept.length + 1, value) ? kept.length + 1 : 17;
};

const bits = new DataView(new ArrayBuffer(8));

/** The exponent of the greatest power of two that is not above a positive number. */
const binaryExponent = (value: number): number => {
  const subnormal = value < 2 ** -1022;
  bits.setFloat64(0, subnormal ? value * 2 ** 54 : value);
  return ((bits.getUint32(0) >>> 20) & 0x7ff) - 1023 - (subnormal ? 54 : 0);
};

/** How many digits SQLite starts from: 18 of the power of two below the number, and so 19 when a power of ten lies between them. */
const digitCount = (value: number): 18 | 19 => {
  const powerOfTen = Math.floor(binaryExponent(value) * Math.LOG10E * Math.LN2);
  return value >= Number(`1e${powerOfTen + 1}`) ? 19 : 18;
};

/** The first digits of a number, rounded half up by the digit after them, as SQLite does; `carry` is 1 when they gained a digit. */
const roundedAt = (digits: string, count: number): { readonly digits: string; readonly carry: 0 | 1 } => {
  const kept = digits.slice(0, count);
  if ((digits[count] ?? '0') < '5') return { digits: kept, carry: 0 };
  const raised = increment(kept);
  return { digits: raised, carry: raised.length > count ? 1 : 0 };
};

/**
 * The text that SQLite gives a double (`%!.17g` of SQLite 3.54): the shortest of 17 digits that a run of nines or zeros allows, always
 * with a decimal point, exponents from 1e-05 and 1e+17 on.
 */
export const doubleText = (value: number): string => {
  if (value === 0) return '0.0';
  if (Number.isNaN(value)) return ''; // SQLite turns it into NULL.
  if (!Number.isFinite(value)) return value < 0 ? '-Inf' : 'Inf';
  const sign = value < 0 ? '-' : '';
  const magnitude = Math.abs(value);
  const [mantissa = '', power = '0'] = magnitude.toExponential(digitCount(magnitude) - 1).split('e');
  const digits = mantissa.replace('.', '');
  const rounded = roundedAt(digits, precisionOf(digits, Number(power), magnitude));
  const shown = rounded.digits.replace(/0+$/, '');
  const exponent = Number(power) + rounded.carry;
  if (exponent < -4 || exponent > 16) {
    const exponentDigits = String(Math.abs(exponent)).padStart(2, '0');
    return `${sign}${shown[0]}.${shown.slice(1) || '0'}e${exponent < 0 ? '-' : '+'}${exponentDigits}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${shown}`;
  const whole = shown.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${shown.slice(exponent + 1) || '0'}`;
};
