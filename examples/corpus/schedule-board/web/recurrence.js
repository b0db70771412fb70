'use strict';

/**
 * Expansion of repeating events, with dates as "YYYY-MM-DD" strings in UTC.
 * @module recurrence
 */

const DAY = 24 * 60 * 60 * 1000;
const WEEKDAYS = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/**
 * A repeating event.
 * @typedef {object} Rule
 * @property {string} start first possible date
 * @property {'day'|'week'|'month'} every unit of repetition
 * @property {number} [step] how many units lie between two dates, 1 unless given
 * @property {string[]} [on] weekdays such as "MO", for weekly rules
 * @property {string} [until] last possible date
 * @property {string[]} [except] dates that are left out
 */

/**
 * Parse a date, refusing ones such as "2024-02-30".
 * @param {string} text
 * @returns {Date}
 */
function parseDate(text) {
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || formatDate(date) !== text) {
    throw new RangeError(`not a date: ${text}`);
  }
  return date;
}

/**
 * @param {Date} date
 * @returns {string} the date as "YYYY-MM-DD"
 */
function formatDate(date) {
  return date.toISOString().slice(0, 10);
}

/**
 * Yield the dates of a rule before exceptions and the end are considered.
 * @param {Rule} rule
 * @returns {Generator<Date>}
 */
function* candidates(rule) {
  const start = parseDate(rule.start);
  const step = rule.step ?? 1;
  if (!Number.isInteger(step) || step < 1) {
    throw new RangeError(`bad step: ${rule.step}`);
  }
  if (rule.every === 'month') {
    for (let i = 0; ; i += step) {
      const first = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + i, 1));
      const date = new Date(first.getTime() + (start.getUTCDate() - 1) * DAY);
      // A month without a 31st is skipped rather than shifted.
      if (date.getUTCMonth() === first.getUTCMonth()) {
        yield date;
      }
    }
  }
  const on = rule.every === 'week' ? rule.on ?? [WEEKDAYS[start.getUTCDay()]] : WEEKDAYS;
  const monday = start.getTime() - ((start.getUTCDay() + 6) % 7) * DAY;
  for (let time = start.getTime(); ; time += DAY) {
    const units = rule.every === 'week' ? Math.floor((time - monday) / (7 * DAY)) : (time - start.getTime()) / DAY;
    const date = new Date(time);
    if (units % step === 0 && on.includes(WEEKDAYS[date.getUTCDay()])) {
      yield date;
    }
  }
}

/**
 * List the dates on which a rule falls.
 * @param {Rule} rule
 * @param {number} limit the most dates to return
 * @returns {string[]}
 */
function expand(rule, limit) {
  if (rule.every === 'week' && rule.on && !rule.on.some((day) => WEEKDAYS.includes(day))) {
    throw new RangeError('a weekly rule needs a weekday');
  }
  const except = new Set(rule.except ?? []);
  const dates = [];
  if (limit < 1) {
    return dates;
  }
  for (const date of candidates(rule)) {
    const text = formatDate(date);
    if (rule.until !== undefined && text > rule.until) {
      break;
    }
    if (!except.has(text)) {
      dates.push(text);
      if (dates.length === limit) {
        break;
      }
    }
  }
  return dates;
}

module.exports = { expand, parseDate, formatDate };
