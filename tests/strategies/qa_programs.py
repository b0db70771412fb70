"""One small task, solved in every language that runs: what the scripted model answers in tests of CodeQA's kinds."""

import json

PROBLEM = (
    "Print the sum of the integers on standard input; with the argument `max` the largest; `none` for no integers."
)
CASES = json.dumps(
    [
        {"arguments": [], "stdin": "1 2 3\n", "stdout": "6\n"},
        {"arguments": ["max"], "stdin": "4 9 2\n", "stdout": "9\n"},
        {"arguments": [], "stdin": "", "stdout": "none\n"},
        {"arguments": ["max"], "stdin": "-5 -7\n", "stdout": "-5\n"},
    ]
)
SQL_CASES = json.dumps(
    [
        {"setup": "CREATE TABLE numbers(n INTEGER);\nINSERT INTO numbers VALUES(1), (2), (5);", "stdout": "8\n"},
        {"setup": "CREATE TABLE numbers(n INTEGER);\nINSERT INTO numbers VALUES(-4), (9);", "stdout": "9\n"},
        {"setup": "CREATE TABLE numbers(n INTEGER);", "stdout": "none\n"},
    ]
)
PROGRAMS = {
    "C": """#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    int count = 0;
    long sum = 0, largest = 0, value;
    while (scanf("%ld", &value) == 1) {
        if (count == 0 || value > largest) largest = value;
        sum += value;
        count++;
    }
    if (count == 0) printf("none\\n");
    else printf("%ld\\n", argc > 1 && strcmp(argv[1], "max") == 0 ? largest : sum);
    return 0;
}
""",
    "CSharp": """using System;
using System.Linq;

class Program {
    static void Main(string[] args) {
        var values = Console.In.ReadToEnd()
            .Split(new[] {' ', '\\n'}, StringSplitOptions.RemoveEmptyEntries)
            .Select(long.Parse).ToList();
        if (values.Count == 0) Console.WriteLine("none");
        else if (args.Length > 0 && args[0] == "max") Console.WriteLine(values.Max());
        else Console.WriteLine(values.Sum());
    }
}
""",
    "Cpp": """#include <iostream>
#include <string>

int main(int argc, char **argv) {
    long sum = 0, largest = 0, value;
    int count = 0;
    while (std::cin >> value) {
        if (count == 0 || value > largest) largest = value;
        sum += value;
        count++;
    }
    bool wants_max = argc > 1 && std::string(argv[1]) == "max";
    if (count == 0) std::cout << "none\\n";
    else std::cout << (wants_max ? largest : sum) << "\\n";
}
""",
    "Go": """package main

import (
\t"fmt"
\t"os"
)

func main() {
\tcount, sum, largest := 0, 0, 0
\tvar value int
\tfor {
\t\tif _, err := fmt.Scan(&value); err != nil {
\t\t\tbreak
\t\t}
\t\tif count == 0 || value > largest {
\t\t\tlargest = value
\t\t}
\t\tsum += value
\t\tcount++
\t}
\tif count == 0 {
\t\tfmt.Println("none")
\t} else if len(os.Args) > 1 && os.Args[1] == "max" {
\t\tfmt.Println(largest)
\t} else {
\t\tfmt.Println(sum)
\t}
}
""",
    "Java": """import java.util.Scanner;

public class Main {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        long sum = 0, largest = 0;
        int count = 0;
        while (in.hasNextLong()) {
            long value = in.nextLong();
            if (count == 0 || value > largest) largest = value;
            sum += value;
            count++;
        }
        boolean wantsMax = args.length > 0 && args[0].equals("max");
        System.out.println(count == 0 ? "none" : String.valueOf(wantsMax ? largest : sum));
    }
}
""",
    "JavaScript": """const words = require("fs").readFileSync(0, "utf8").split(/\\s+/).filter(Boolean);
const values = words.map(Number);
if (values.length === 0) {
  console.log("none");
} else if (process.argv[2] === "max") {
  console.log(Math.max(...values));
} else {
  console.log(values.reduce((sum, value) => sum + value, 0));
}
""",
    "PHP": """<?php
$words = preg_split('/\\s+/', stream_get_contents(STDIN), -1, PREG_SPLIT_NO_EMPTY);
$values = array_map('intval', $words);
if (count($values) === 0) {
    echo "none\\n";
} elseif (($argv[1] ?? '') === 'max') {
    echo max($values), "\\n";
} else {
    echo array_sum($values), "\\n";
}
""",
    "Python": """import sys


def main():
    values = [int(word) for word in sys.stdin.read().split()]
    if not values:
        print("none")
    elif sys.argv[1:] == ["max"]:
        print(max(values))
    else:
        print(sum(values))


main()
""",
    "Ruby": """values = STDIN.read.split.map(&:to_i)
if values.empty?
  puts "none"
elsif ARGV[0] == "max"
  puts values.max
else
  puts values.sum
end
""",
    "Rust": """use std::io::Read;

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let values: Vec<i64> = text.split_whitespace().map(|word| word.parse().unwrap()).collect();
    let wants_max = std::env::args().nth(1).as_deref() == Some("max");
    if values.len() == 0 {
        println!("none");
    } else if wants_max {
        println!("{}", values.iter().max().unwrap());
    } else {
        println!("{}", values.iter().sum::<i64>());
    }
}
""",
    "SQL": """SELECT
    CASE
        WHEN COUNT(*) = 0 THEN 'none'
        WHEN MIN(n) < 0 THEN MAX(n)
        ELSE SUM(n)
    END
FROM
    numbers;
""",
    "Shell": """count=0
sum=0
largest=0
for value in $(cat); do
    if [ "$count" -eq 0 ] || [ "$value" -gt "$largest" ]; then
        largest=$value
    fi
    sum=$((sum + value))
    count=$((count + 1))
done
if [ "$count" -eq 0 ]; then
    echo none
elif [ "$1" = max ]; then
    echo "$largest"
else
    echo "$sum"
fi
""",
    "Swift": """var values: [Int] = []
while let line = readLine() {
    for word in line.split(separator: " ") {
        values.append(Int(word)!)
    }
}
let wantsMax = CommandLine.arguments.count > 1 && CommandLine.arguments[1] == "max"
if values.isEmpty {
    print("none")
} else if wantsMax {
    print(values.max()!)
} else {
    print(values.reduce(0, +))
}
""",
    "TypeScript": """import * as fs from "fs";

const words: string[] = fs.readFileSync(0, "utf8").split(/\\s+/).filter((word: string) => word.length > 0);
const values: number[] = words.map(Number);
if (values.length === 0) {
  console.log("none");
} else if (process.argv[2] === "max") {
  console.log(Math.max(...values));
} else {
  console.log(values.reduce((sum, value) => sum + value, 0));
}
""",
}


def cases(language: str) -> str:
    """The cases of the task, as the model writes them."""
    return SQL_CASES if language == "SQL" else CASES


def tagged(**parts: str) -> str:
    """An answer in tagged sections."""
    return "\n".join(f"<{name}>\n{text.strip(chr(10))}\n</{name}>" for name, text in parts.items())


def solution(code: str, language: str = "", said: str = "This is the program.") -> str:
    """An answer in Markdown with one code block."""
    return f"{said}\n\n```{language.lower()}\n{code.rstrip()}\n```\n\nIt handles every case."
