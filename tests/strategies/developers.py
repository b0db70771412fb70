"""Small programs in many languages that a developer's tasks are done on, and what they really do with given inputs.

Belongs here: programs, and observations of them with tests of our choice. Does not: tests.
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace

from alchemy_assets.generation.completions import Request
from alchemy_assets.strategies.strategy import CuratedFile
from alchemy_assets.tracing.launch import launch_of
from alchemy_assets.tracing.observed import PROGRAM, Observed, Ran, Result
from alchemy_assets.tracing.scripts import Test, run_script, typed

PYTHON = """import sys


def total(numbers):
    result = 0
    for number in numbers:
        if number > 0:
            result += number
    return result


def largest(numbers):
    best = numbers[0]
    for number in numbers:
        if number > best:
            best = number
    return best


def main():
    values = [int(text) for text in sys.argv[1:]]
    print("total", total(values))
    print("largest", largest(values))


if __name__ == "__main__":
    main()
"""
JAVASCRIPT = """function total(numbers) {
  let result = 0;
  for (const number of numbers) {
    if (number > 0) {
      result += number;
    }
  }
  return result;
}

const values = process.argv.slice(2).map(Number);
console.log("total", total(values));
if (values.length > 0) {
  console.log("largest", Math.max(...values));
}

module.exports = { total };
"""
TYPESCRIPT = """export function total(numbers: number[]): number {
  let result = 0;
  for (const number of numbers) {
    if (number > 0) {
      result += number;
    }
  }
  return result;
}

const values = process.argv.slice(2).map(Number);
console.log("total", total(values));
"""
GO = """package main

import (
	"fmt"
	"os"
	"strconv"
)

func total(numbers []int) int {
	result := 0
	for _, number := range numbers {
		if number > 0 {
			result += number
		}
	}
	return result
}

func main() {
	values := []int{}
	for _, text := range os.Args[1:] {
		value, _ := strconv.Atoi(text)
		values = append(values, value)
	}
	fmt.Println("total", total(values))
}
"""
C = """#include <stdio.h>
#include <stdlib.h>

int total(int count, const int *numbers)
{
    int result = 0;
    for (int i = 0; i < count; i++) {
        if (numbers[i] > 0) {
            result += numbers[i];
        }
    }
    return result;
}

int main(int argc, char **argv)
{
    int numbers[16];
    int count = 0;
    for (int i = 1; i < argc && count < 16; i++) {
        numbers[count++] = atoi(argv[i]);
    }
    printf("total %d\\n", total(count, numbers));
    return 0;
}
"""
CPP = """#include <cstdlib>
#include <iostream>
#include <vector>

int total(const std::vector<int> &numbers)
{
    int result = 0;
    for (int number : numbers) {
        if (number > 0) {
            result += number;
        }
    }
    return result;
}

int main(int argc, char **argv)
{
    std::vector<int> numbers;
    for (int i = 1; i < argc; i++) {
        numbers.push_back(std::atoi(argv[i]));
    }
    std::cout << "total " << total(numbers) << "\\n";
    return 0;
}
"""
JAVA = """public class Totals {
    static int total(int[] numbers) {
        int result = 0;
        for (int number : numbers) {
            if (number > 0) {
                result += number;
            }
        }
        return result;
    }

    public static void main(String[] args) {
        int[] numbers = new int[args.length];
        for (int i = 0; i < args.length; i++) {
            numbers[i] = Integer.parseInt(args[i]);
        }
        System.out.println("total " + total(numbers));
    }
}
"""
CSHARP = """using System;

public class Totals
{
    public static int Total(int[] numbers)
    {
        int result = 0;
        foreach (int number in numbers)
        {
            if (number > 0)
            {
                result += number;
            }
        }
        return result;
    }

    public static void Main(string[] args)
    {
        int[] numbers = Array.ConvertAll(args, int.Parse);
        Console.WriteLine("total " + Total(numbers));
    }
}
"""
PHP = """<?php

function total(array $numbers)
{
    $result = 0;
    foreach ($numbers as $number) {
        if ($number > 0) {
            $result += $number;
        }
    }
    return $result;
}

echo "total ", total(array_map('intval', array_slice($argv, 1))), "\\n";
"""
RUBY = """def total(numbers)
  result = 0
  numbers.each do |number|
    if number > 0
      result += number
    end
  end
  result
end

if __FILE__ == $0
  puts "total #{total(ARGV.map(&:to_i))}"
end
"""
RUST = """fn total(numbers: &[i64]) -> i64 {
    let mut result = 0;
    for number in numbers {
        if *number > 0 {
            result += *number;
        }
    }
    result
}

fn main() {
    let values: Vec<i64> = std::env::args().skip(1).map(|text| text.parse().unwrap()).collect();
    println!("total {}", total(&values));
}
"""
SHELL = """#!/usr/bin/env bash

total() {
  local result=0
  for number in "$@"; do
    if [ "$number" -gt 0 ]; then
      result=$((result + number))
    fi
  done
  echo "$result"
}

echo "total $(total "$@")"
"""
SWIFT = """func total(_ numbers: [Int]) -> Int {
    var result = 0
    for number in numbers {
        if number > 0 {
            result += number
        }
    }
    return result
}

let values = CommandLine.arguments.dropFirst().map { Int($0)! }
print("total \\(total(Array(values)))")
"""
PROGRAMS = {
    "C": C,
    "CSharp": CSHARP,
    "Cpp": CPP,
    "Go": GO,
    "Java": JAVA,
    "JavaScript": JAVASCRIPT,
    "PHP": PHP,
    "Python": PYTHON,
    "Ruby": RUBY,
    "Rust": RUST,
    "Shell": SHELL,
    "Swift": SWIFT,
    "TypeScript": TYPESCRIPT,
}
NUMBERS = (Test(("3", "4", "-2")), Test(("10",)), Test(("-1", "0", "5", "5")))


def watched(file: CuratedFile, sandbox, tests: tuple[Test, ...] = NUMBERS) -> CuratedFile:
    """The file with what it really does in these tests, every line of it taken as reached."""
    launch, lines = launch_of(file.language, file.text), frozenset(range(1, file.text.count("\n") + 2))
    runs = tuple(Ran(test, typed(launch, test, reads_input=False), Result(0, "", ""), lines, "") for test in tests)
    script = run_script(launch, tests, compared=True)
    seen = Observed(
        file.language, PROGRAM, launch.entry, launch.entry, launch.compile, {}, script, lines, {}, runs, "real"
    )  # fmt: skip
    (outcome,) = asyncio.run(sandbox.run_many([seen.run(file.text)]))
    results = seen.results(outcome)
    assert results is not None, (outcome.status, outcome.stderr, outcome.compile_step)
    return replace(file, observed=seen.having(results))


def block(code: str, info: str = "") -> str:
    """Code as a model answers it, with a word about it."""
    return f"```{info}\n{code.rstrip()}\n```\n\nThat is the whole file; see the change at `result`."


def shown_code(request: Request) -> str:
    """The file as a request shows it."""
    found = re.search(r"(?ms)^(`{3,})\S*\n(.*?)\n\1$", request.messages[1][1])
    assert found is not None
    return found[2]


def task(request: Request) -> str:
    """What stands behind the file in a request."""
    return request.messages[1][1].split(shown_code(request))[1]


def proposing(proposal: str, answer: str) -> Callable[[Request], str]:
    """Answers to a first question that asks for a proposal, and to the one that asks for it to be done."""
    return lambda request: proposal if "<task>" in request.messages[1][1] else answer
