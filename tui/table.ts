/** Columns of text: numbers to the right, words to the left. */
export function table(head: string[], rows: (string | number)[][]): string {
  const cells = [head, ...rows.map((row) => row.map(String))];
  const right = head.map((_, k) => rows.length > 0 && rows.every((row) => isNumeric(row[k])));
  const widths = head.map((_, k) => Math.max(...cells.map((row) => row[k].length)));
  return cells
    .map((row) =>
      row
        .map((cell, k) => (right[k] ? cell.padStart(widths[k]) : cell.padEnd(widths[k])))
        .join('  ')
        .trimEnd(),
    )
    .map((line) => line + '\n')
    .join('');
}

const isNumeric = (cell: string | number) =>
  typeof cell === 'number' || /^(-|-?[\d.]+%?( (ns|us|ms|s))?)$/.test(cell);
