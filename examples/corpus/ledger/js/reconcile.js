#!/usr/bin/env node
'use strict';

/**
 * Match the entries of a bank statement with those of a cash book.
 *
 * Entries match when their amounts are equal and their days lie at most
 * three days apart; the nearest day wins.
 */

const MAX_DAYS = 3;

const BANK = [
  { day: 3, cents: -4500, text: 'CARD 0417 BAKERY' },
  { day: 5, cents: 120000, text: 'WAGES' },
  { day: 9, cents: -4500, text: 'CARD 0417 BAKERY' },
  { day: 12, cents: -999, text: 'SUBSCRIPTION' },
  { day: 20, cents: -30000, text: 'TRANSFER' },
];

const BOOK = [
  { day: 2, cents: -4500, text: 'Bread for the office' },
  { day: 5, cents: 120000, text: 'Wages' },
  { day: 8, cents: -4500, text: 'Cake for Tom' },
  { day: 15, cents: -30000, text: 'Rent of the hall' },
  { day: 21, cents: 2500, text: 'Refund' },
];

/**
 * Pair up the entries.
 * @param {{day: number, cents: number, text: string}[]} bank
 * @param {{day: number, cents: number, text: string}[]} book
 * @returns {{pairs: object[][], onlyBank: object[], onlyBook: object[]}}
 */
function reconcile(bank, book) {
  const candidates = [];
  bank.forEach((b, i) => {
    book.forEach((k, j) => {
      const apart = Math.abs(b.day - k.day);
      if (b.cents === k.cents && apart <= MAX_DAYS) {
        candidates.push({ apart, i, j });
      }
    });
  });
  candidates.sort((x, y) => x.apart - y.apart || x.i - y.i || x.j - y.j);
  const usedBank = new Set();
  const usedBook = new Set();
  const pairs = [];
  for (const { i, j } of candidates) {
    if (!usedBank.has(i) && !usedBook.has(j)) {
      usedBank.add(i);
      usedBook.add(j);
      pairs.push([bank[i], book[j]]);
    }
  }
  return {
    pairs,
    onlyBank: bank.filter((_, i) => !usedBank.has(i)),
    onlyBook: book.filter((_, j) => !usedBook.has(j)),
  };
}

/**
 * Format an entry for the report.
 * @param {{day: number, cents: number, text: string}} entry
 * @returns {string}
 */
function describe(entry) {
  const amount = (entry.cents / 100).toFixed(2).padStart(9);
  return `${String(entry.day).padStart(2)} ${amount}  ${entry.text}`;
}

if (require.main === module) {
  const { pairs, onlyBank, onlyBook } = reconcile(BANK, BOOK);
  for (const [bank, book] of pairs) {
    console.log(`= ${describe(bank)} / ${book.text}`);
  }
  onlyBank.forEach((entry) => console.log(`< ${describe(entry)}`));
  onlyBook.forEach((entry) => console.log(`> ${describe(entry)}`));
  const difference = [...onlyBank.map((e) => e.cents), ...onlyBook.map((e) => -e.cents)];
  console.log(`difference ${(difference.reduce((a, b) => a + b, 0) / 100).toFixed(2)}`);
}

module.exports = { reconcile, describe };
