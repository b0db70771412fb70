#!/usr/bin/env node
'use strict';

/*
 * Align the fields of each input line in columns.
 *
 * usage: columns.js [-r COLUMN] ... [SEPARATOR] < table
 *
 * -r aligns a column, counted from 1, to the right.
 */

/**
 * Split lines into fields; empty lines are dropped.
 * @param {string} text
 * @param {string | RegExp} separator
 * @returns {string[][]}
 */
function parse(text, separator) {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(separator).map((field) => field.trim()));
}

/**
 * Find the widest field of each column.
 * @param {string[][]} rows
 * @returns {number[]}
 */
function widths(rows) {
  const result = [];
  for (const row of rows) {
    row.forEach((field, i) => {
      result[i] = Math.max(result[i] ?? 0, [...field].length);
    });
  }
  return result;
}

/**
 * Lay the rows out.
 * @param {string[][]} rows
 * @param {Set<number>} right columns, counted from 0, to align to the right
 * @returns {string[]}
 */
function layout(rows, right) {
  const columnWidths = widths(rows);
  return rows.map((row) => {
    const cells = row.map((field, i) => {
      const space = ' '.repeat(columnWidths[i] - [...field].length);
      return right.has(i) ? space + field : field + space;
    });
    return cells.join('  ').trimEnd();
  });
}

/**
 * Read the command line.
 * @param {string[]} args
 * @returns {{right: Set<number>, separator: string | RegExp}}
 */
function parseArgs(args) {
  const right = new Set();
  let separator = /\s+/;
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '-r') {
      const column = Number(args[++i]);
      if (!Number.isInteger(column) || column < 1) {
        throw new Error('-r needs the number of a column');
      }
      right.add(column - 1);
    } else {
      separator = args[i];
    }
  }
  return { right, separator };
}

if (require.main === module) {
  try {
    const { right, separator } = parseArgs(process.argv.slice(2));
    const rows = parse(require('fs').readFileSync(0, 'utf8'), separator);
    for (const line of layout(rows, right)) {
      console.log(line);
    }
  } catch (error) {
    console.error(`columns: ${error.message}`);
    process.exitCode = 2;
  }
}

module.exports = { parse, widths, layout, parseArgs };
