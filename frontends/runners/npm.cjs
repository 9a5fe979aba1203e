// What comes before the script of each runtime that npm installs: where it lies, and the requests
// from stdin, each answered on stdout, a line of JSON apiece:
//   {"load": PATH, "inputs": [{"name", "element", "dims"}], "threads", "optimisation", "accelerator"}
//   {"run": N}  ->  {"milliseconds": [N numbers]}
// Any answer may be {"error": TEXT} instead. Arguments: FOLDER PACKAGE, where npm installed it.
'use strict';
const fs = require('fs');
const path = require('path');

const [folder, name] = process.argv.slice(-2);
const packages = path.resolve(folder, 'node_modules');
const root = path.join(packages, name);
const version = JSON.parse(fs.readFileSync(path.join(root, 'package.json'))).version;

// What a model is fed: between -1 and 1 for real numbers, 1 for all others: an index that most tables
// have.
function fed(numbers, isReal) {
  if (!isReal) return numbers.fill(typeof numbers[0] === 'bigint' ? 1n : 1);
  let state = 1;
  for (let i = 0; i < numbers.length; ++i) {
    state = (state * 48271) % 2147483647;
    numbers[i] = (2 * state) / 2147483647 - 1;
  }
  return numbers;
}

function answerWith(load, run) {
  const lines = require('readline').createInterface({ input: process.stdin });
  let turn = Promise.resolve();
  lines.on('line', (line) => {
    turn = turn.then(async () => {
      let answer;
      try {
        const request = JSON.parse(line);
        answer = await (request.load !== undefined ? load(request) : run(request.run));
      } catch (error) {
        answer = { error: String(error && error.message !== undefined ? error.message : error) };
      }
      process.stdout.write(JSON.stringify(answer) + '\n');
    });
  });
  lines.on('close', () => turn.then(() => process.exit(0)));
}
