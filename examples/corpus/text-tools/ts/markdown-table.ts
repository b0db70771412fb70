/** Reads and writes the tables of Markdown documents. */

export type Align = "left" | "right" | "center" | "none";

export interface Table {
  header: string[];
  align: Align[];
  rows: string[][];
}

/** Split a table line at the pipes that are not escaped. */
export function splitRow(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  const body = line.trim().replace(/^\|/, "");
  for (let i = 0; i < body.length; i++) {
    if (body[i] === "\\" && body[i + 1] === "|") {
      cell += "|";
      i += 1;
    } else if (body[i] === "|") {
      cells.push(cell.trim());
      cell = "";
    } else {
      cell += body[i];
    }
  }
  if (cell.trim() !== "") {
    cells.push(cell.trim());
  }
  return cells;
}

/** Read the alignment off a delimiter cell such as ":--:"; undefined if it is none. */
function alignOf(cell: string): Align | undefined {
  const match = /^(:?)-+(:?)$/.exec(cell);
  if (match === null) {
    return undefined;
  }
  if (match[1] && match[2]) {
    return "center";
  }
  return match[2] ? "right" : match[1] ? "left" : "none";
}

/**
 * Parse a table. Short rows are filled with empty cells, long ones cut.
 *
 * @returns undefined when the text does not begin with a table
 */
export function parseTable(text: string): Table | undefined {
  const lines = text.trim().split("\n");
  if (lines.length < 2) {
    return undefined;
  }
  const header = splitRow(lines[0]);
  const align: Align[] = [];
  for (const cell of splitRow(lines[1])) {
    const value = alignOf(cell);
    if (value === undefined) {
      return undefined;
    }
    align.push(value);
  }
  if (align.length !== header.length) {
    return undefined;
  }
  const rows: string[][] = [];
  for (const line of lines.slice(2)) {
    if (!line.includes("|")) {
      break;
    }
    const cells = splitRow(line);
    rows.push(header.map((_, i) => cells[i] ?? ""));
  }
  return { header, align, rows };
}

/** Pad a cell to a width according to its alignment. */
function pad(text: string, width: number, align: Align): string {
  const space = width - text.length;
  if (align === "right") {
    return " ".repeat(space) + text;
  }
  const before = align === "center" ? Math.floor(space / 2) : 0;
  return " ".repeat(before) + text + " ".repeat(space - before);
}

/** Write a table with its columns lined up. */
export function formatTable(table: Table): string {
  const escaped = [table.header, ...table.rows].map((row) =>
    row.map((cell) => cell.replace(/\|/g, "\\|")),
  );
  const widths = table.header.map((_, i) => Math.max(3, ...escaped.map((row) => row[i].length)));
  const rule = table.align.map((align, i) => {
    const left = align === "left" || align === "center" ? ":" : "-";
    const right = align === "right" || align === "center" ? ":" : "-";
    return left + "-".repeat(widths[i] - 2) + right;
  });
  const lines = escaped.map((row) => row.map((cell, i) => pad(cell, widths[i], table.align[i])));
  lines.splice(1, 0, rule);
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
