import { bytesToText, textToBytes } from './bytes.ts';
import type { ColumnType, SqlValue, ValueOfType } from './schema.ts';

const decimal = /^\s*[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?\s*$/i;
const integral = /^\s*[+-]?\d+\s*$/;

/** How SQLite writes the doubles that have no digits. */
const infinities: Readonly<Record<string, number>> = {
  Inf: Number.POSITIVE_INFINITY,
  '-Inf': Number.NEGATIVE_INFINITY,
};

/** A bigint as a number where that is exact. */
export const narrow = (value: bigint): number | bigint =>
  value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;

function toInteger(value: SqlValue): number | bigint | undefined {
  if (typeof value === 'bigint') return narrow(value);
  if (typeof value === 'string' && integral.test(value)) return narrow(BigInt(value));
  const number = toDouble(value);
  if (number === undefined || !Number.isInteger(number)) return undefined;
  return Number.isSafeInteger(number) ? number : BigInt(number);
}

function toDouble(value: SqlValue): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return undefined;
  return decimal.test(value) ? Number(value) : infinities[value];
}

/** A double as SQLite writes it into text: 15 significant digits and always a point or an exponent with one. */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Inf' : '-Inf';
  const [mantissa = '', exponent] = shortest(value);
  const pointed = mantissa.includes('.') ? mantissa : `${mantissa}.0`;
  return exponent === undefined ? pointed : `${pointed}e${exponent}`;
}

function shortest(value: number): [string, string | undefined] {
  if (value === 0) return ['0', undefined];
  const [digits = '', exponentText = '0'] = value.toExponential(14).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 15) {
    const sign = exponent < 0 ? '-' : '+';
    return [trimZeros(digits), `${sign}${String(Math.abs(exponent)).padStart(2, '0')}`];
  }
  return [trimZeros(value.toFixed(Math.max(0, 14 - exponent))), undefined];
}

const trimZeros = (digits: string): string => (digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits);

/** The text SQLite gives a value when it compares it with text; undefined for NULL. */
export function valueText(value: SqlValue): string | undefined {
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return Number.isInteger(value) ? integerText(value) : doubleText(value);
  return bytesToText(value);
}

const integerText = (value: number): string => (Number.isSafeInteger(value) ? String(value) : doubleText(value));

/**
 * A value of a constraint as a column of the type would hold it, by the rules of SQLite's column affinity (datatype3.html §3);
 * undefined for a value that no row can have.
 */
export function convertValue(type: ColumnType, value: SqlValue): ValueOfType<ColumnType> | undefined {
  switch (type) {
    case 'TEXT':
      return valueText(value);
    case 'BLOB':
      return typeof value === 'string' ? textToBytes(value) : value instanceof Uint8Array ? value : undefined;
    case 'DOUBLE':
      return toDouble(value);
    case 'INTEGER': {
      const found = toInteger(value);
      return typeof found === 'bigint' ? undefined : found;
    }
    default:
      return toInteger(value);
  }
}
