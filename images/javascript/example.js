// Pascal's triangle: every number is the sum of the two above it.

function nextRow(row) {
  const inner = row.slice(1).map((value, i) => row[i] + value);
  return [1, ...inner, 1];
}

const height = 10;
let row = [1];

for (let line = 1; line <= height; line++) {
  const text = row.map((value) => String(value).padStart(4)).join('');
  console.log(' '.repeat(2 * (height - line)) + text);
  row = nextRow(row);
}

const sum = row.reduce((total, value) => total + value, 0);
console.log(`\nThe next row is ${row.join(', ')}: together ${sum}.`);
