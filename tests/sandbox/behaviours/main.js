const assert = require("assert");
const { spawnSync } = require("child_process");
const fs = require("fs");
const net = require("net");

const [mode = "print", word] = process.argv.slice(2);
const modes = {
  print: () => console.log("hello"),
  greet: () => console.log(`hello ${fs.readFileSync(0, "utf8").split("\n")[0]}!`),
  copy: () => process.stdin.pipe(process.stdout),
  arguments: () => process.argv.slice(3).forEach((one) => console.log(one)),
  read: () => process.stdout.write(fs.readFileSync("data/in.txt")),
  write: () => fs.writeFileSync("out.txt", "written ü\n"),
  exit: () => process.exit(Number(word)),
  assert: () => assert.strictEqual(1 + 1, 3),
  uncaught: () => {
    throw new Error("went wrong");
  },
  crash: () => process.abort(),
  loop: () => {
    for (;;);
  },
  much: () => process.stdout.write("x".repeat(Number(word))),
  memory: () => {
    const kept = [];
    for (;;) kept.push(new Array(100_000).fill(kept.length + 0.5));
  },
  sleep: () => setTimeout(() => console.log("awake"), 400),
  spawn: () => {
    const answers = [0, 1, 2, 3].map((i) => Number(spawnSync("expr", [i, "*", 10]).stdout));
    console.log(answers.reduce((sum, one) => sum + one));
  },
  listen: () => {
    const server = net.createServer().listen(45678, () => {
      fs.writeFileSync("mine.txt", word, { flag: "wx" });
      setTimeout(() => {
        process.stdout.write(fs.readFileSync("mine.txt"));
        server.close();
      }, 400);
    });
  },
};
modes[mode]();
