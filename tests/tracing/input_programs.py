"""Small real programs that read their arguments and their standard input, one a language: what `test_inputs_run` starts.

Each takes a word and a number (or an option) from the command line, and reads lines or numbers from standard input.
"""

PROGRAMS = {
    "C": r"""
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: %s MODE LIMIT\n", argv[0]);
        return 2;
    }
    int limit = atoi(argv[2]), value, sum = 0, count = 0;
    while (scanf("%d", &value) == 1) {
        count++;
        if (strcmp(argv[1], "total") == 0)
            sum += value;
        else if (strcmp(argv[1], "above") == 0 && value > limit)
            sum++;
    }
    printf("%d of %d at %d\n", sum, count, limit);
    return 0;
}
""",
    "Cpp": r"""
#include <iostream>
#include <string>

int main(int argc, char* argv[]) {
    std::string mode = argc > 1 ? argv[1] : "words";
    int width = argc > 2 ? std::stoi(argv[2]) : 10;
    std::string line;
    int number = 0;
    while (std::getline(std::cin, line)) {
        ++number;
        if (mode == "number") std::cout << number << ": " << line.substr(0, width) << "\n";
        else if (mode == "reverse") std::cout << std::string(line.rbegin(), line.rend()) << "\n";
        else std::cout << line.size() % (width > 0 ? width : 1) << "\n";
    }
}
""",
    "CSharp": r"""
using System;

class Tally {
    static int Main(string[] args) {
        if (args.Length < 2) { Console.Error.WriteLine("usage: tally even|odd LIMIT"); return 2; }
        int limit = int.Parse(args[1]);
        int sum = 0;
        string line;
        while ((line = Console.ReadLine()) != null) {
            if (!int.TryParse(line.Trim(), out int value)) continue;
            switch (args[0]) {
                case "even": if (value % 2 == 0 && value < limit) sum += value; break;
                case "odd": if (value % 2 != 0) sum += value; break;
            }
        }
        Console.WriteLine($"{args[0]} {limit} {sum}");
        return 0;
    }
}
""",
    "Go": r"""
package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
)

func main() {
	times := flag.Int("n", 1, "how often")
	upper := flag.Bool("u", false, "upper case")
	flag.Parse()
	shift, err := strconv.Atoi(flag.Arg(0))
	if err != nil {
		fmt.Fprintln(os.Stderr, "usage: echo [-n times] [-u] SHIFT")
		os.Exit(2)
	}
	scanner := bufio.NewScanner(os.Stdin)
	for scanner.Scan() {
		text := strings.Repeat(scanner.Text(), *times%5)
		if *upper {
			text = strings.ToUpper(text)
		}
		fmt.Println(len(text)+shift, text)
	}
}
""",
    "Java": r"""
import java.util.Scanner;

public class Ledger {
    public static void main(String[] args) {
        int balance = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        Scanner in = new Scanner(System.in);
        while (in.hasNextLine()) {
            String[] parts = in.nextLine().trim().split(" ");
            if (parts[0].equals("deposit")) balance += Integer.parseInt(parts[1]);
            else if (parts[0].equals("withdraw")) balance -= Integer.parseInt(parts[1]);
            else System.out.println("skipped " + parts[0]);
        }
        System.out.println(balance);
    }
}
""",
    "JavaScript": r"""
const fs = require("fs");

const [command, size] = process.argv.slice(2);
const lines = fs.readFileSync(0, "utf8").split("\n").filter(Boolean);
if (command === "head") console.log(lines.slice(0, parseInt(size || "2", 10)).join("\n"));
else if (command === "sort") console.log([...lines].sort().join(","));
else console.log(`${lines.length} lines`);
""",
    "PHP": r"""<?php
if ($argc < 2) {
    fwrite(STDERR, "usage: count.php WORD [LEAST]\n");
    exit(2);
}
$least = intval($argv[2] ?? 1);
$found = 0;
while (($line = fgets(STDIN)) !== false) {
    foreach (explode(' ', trim($line)) as $word) {
        if ($word === $argv[1] || strlen($word) >= $least + 4) {
            $found++;
        }
    }
}
echo "$argv[1]: $found\n";
""",
    "Ruby": r"""
mode = ARGV.shift
step = (ARGV.shift || 1).to_i
$stdin.each_line.with_index do |line, index|
  case mode
  when "up" then puts line.upcase if (index % [step, 1].max).zero?
  when "size" then puts line.size + step
  else puts line.split.length
  end
end
""",
    "Rust": r"""
use std::env;
use std::io::{self, BufRead};

fn main() {
    let args: Vec<String> = env::args().collect();
    if args.len() < 3 {
        eprintln!("usage: fold <op> <start>");
        std::process::exit(2);
    }
    let mut total: i64 = args[2].parse().expect("a number");
    for line in io::stdin().lock().lines() {
        for word in line.unwrap().split_whitespace() {
            let value: i64 = word.parse().unwrap_or(1);
            total = match args[1].as_str() {
                "add" => total + value,
                "mul" => total.wrapping_mul(value) % 1000,
                _ => total - 1,
            };
        }
    }
    println!("{}", total);
}
""",
    "SQL": r"""
CREATE TABLE stock (name TEXT, amount INTEGER);
INSERT INTO stock VALUES ('apple', 3), ('pear', 12), ('fig', 7);
SELECT name, amount FROM stock WHERE name <> ?1 AND amount > ?2 ORDER BY name;
SELECT coalesce(sum(amount), 0) * ?2 FROM stock;
""",
    "Swift": r"""
let arguments = CommandLine.arguments
let factor = arguments.count > 1 ? Int(arguments[1]) ?? 2 : 2
var sum = 0
while let line = readLine() {
    for word in line.split(separator: " ") {
        if let value = Int(word) { sum += value * factor } else if word == "reset" { sum = 0 }
    }
}
print(sum, factor)
""",
    "TypeScript": r"""
import { readFileSync } from "fs";

const mode: string = process.argv[2] ?? "sum";
const limit: number = Number(process.argv[3] ?? "10");
const values: number[] = readFileSync(0, "utf8").split(/\s+/).map(Number).filter((v) => !Number.isNaN(v));
switch (mode) {
  case "sum":
    console.log(values.reduce((a, b) => a + b, 0));
    break;
  case "below":
    console.log(values.filter((v) => v < limit).length, limit);
    break;
  default:
    console.log(mode, values.length);
}
""",
}
