import assert from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { createServer } from "node:net";

const [mode = "print", word = ""]: string[] = process.argv.slice(2);
const modes: Record<string, () => void> = {
  print: () => console.log("hello"),
  greet: () => console.log(`hello ${fs.readFileSync(0, "utf8").split("\n")[0]}!`),
  copy: () => void process.stdin.pipe(process.stdout),
  arguments: () => process.argv.slice(3).forEach((one: string) => console.log(one)),
  read: () => void process.stdout.write(fs.readFileSync("data/in.txt")),
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
  much: () => void process.stdout.write("x".repeat(Number(word))),
  memory: () => {
    const kept: number[][] = [];
    for (;;) kept.push(new Array<number>(100_000).fill(kept.length + 0.5));
  },
  sleep: () => void setTimeout(() => console.log("awake"), 400),
  spawn: () => {
    const answers = [0, 1, 2, 3].map((i: number) => Number(spawnSync("expr", [String(i), "*", "10"]).stdout));
    console.log(answers.reduce((sum, one) => sum + one));
  },
  listen: () => {
    const server = createServer().listen(45678, () => {
      fs.writeFileSync("mine.txt", word, { flag: "wx" });
      setTimeout(() => {
        process.stdout.write(fs.readFileSync("mine.txt"));
        server.close();
      }, 400);
    });
  },
};
modes[mode]();
