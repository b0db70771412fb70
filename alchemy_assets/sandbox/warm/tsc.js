// Compiles the programs of a batch one after another, each alone in the work folder; `batch.py` says how they talk.
"use strict";

const fs = require("fs");
const Module = require("module");
const path = require("path");

const OWN = ".warm";
const SYSTEM = "/usr/";

// The compiler's own file, which ends with a call that would compile at once and end the process.
function load(file) {
  const [, definitions] = fs.readFileSync(file, "utf8").match(/^([^]*)\nts\.executeCommandLine\(.*\);\s*(?:\/\/.*\s*)*$/);
  const module = new Module(file);
  module.filename = file;
  module._compile(`${definitions}\nmodule.exports = ts;\n`, file);
  return module.exports;
}

const ts = load(path.join(path.dirname(fs.realpathSync(process.argv[2])), "../lib/tsc.js"));

class Ended extends Error {
  constructor(code) {
    super();
    this.code = code;
  }
}

// What the system's declarations say does not change, and reading them is most of a compiler's work. The binder writes
// into what was read, so it is shared only between programs of the same options.
let options = "";
const read = new Map();
const createSourceFile = ts.createSourceFile;
ts.createSourceFile = (name, text, target, ...rest) => {
  if (!name.startsWith(SYSTEM)) return createSourceFile(name, text, target, ...rest);
  const key = JSON.stringify([options, name, target]);
  if (!read.has(key)) read.set(key, createSourceFile(name, text, target, ...rest));
  return read.get(key);
};

const batch = fs.readFileSync(0);
let at = 0;

function number() {
  at += 4;
  return batch.readInt32BE(at - 4);
}

function blob() {
  const size = number();
  at += size;
  return batch.subarray(at - size, at);
}

function written(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function framed(content) {
  return Buffer.concat([written(content.length), content]);
}

function names(folder = ".") {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(folder, entry.name);
    if (name === OWN) return [];
    if (entry.isDirectory()) return names(name);
    return entry.isFile() ? [name] : [];
  });
}

function clear() {
  for (const name of fs.readdirSync(".")) if (name !== OWN) fs.rmSync(name, { recursive: true });
}

function run(words, said) {
  try {
    ts.executeCommandLine(
      {
        ...ts.sys,
        args: words,
        write: (text) => said.push(Buffer.from(text)),
        exit: (code) => {
          throw new Ended(code);
        },
      },
      () => {},
      words,
    );
  } catch (error) {
    if (error instanceof Ended) return error.code;
    throw error;
  }
  return 0;
}

function compile() {
  clear();
  const words = Array.from({ length: number() }, () => blob().toString()).slice(1);
  const given = new Set();
  for (let left = number(); left > 0; left--) {
    const name = blob().toString();
    fs.mkdirSync(path.dirname(name), { recursive: true });
    fs.writeFileSync(name, blob());
    given.add(name);
  }
  options = JSON.stringify(words.filter((word) => !given.has(path.normalize(word))));
  const started = process.hrtime.bigint();
  const said = [];
  const code = run(words, said);
  const microseconds = Number((process.hrtime.bigint() - started) / 1000n);
  const parts = [written(code), written(microseconds), framed(Buffer.concat(said)), framed(Buffer.alloc(0))];
  for (const name of names()) {
    if (given.has(name)) continue;
    const executable = (fs.statSync(name).mode & 0o100) !== 0;
    parts.push(framed(Buffer.from(name)), written(executable ? 1 : 0), framed(fs.readFileSync(name)));
  }
  return Buffer.concat(parts);
}

for (let left = number(); left > 0; left--) {
  const answer = framed(compile());
  for (let done = 0; done < answer.length; ) done += fs.writeSync(1, answer, done);
}
