package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	mode := "print"
	if len(os.Args) > 1 {
		mode = os.Args[1]
	}
	switch mode {
	case "print":
		fmt.Println("hello")
	case "greet":
		name, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		fmt.Printf("hello %s!\n", strings.TrimSpace(name))
	case "copy":
		io.Copy(os.Stdout, os.Stdin)
	case "arguments":
		for _, word := range os.Args[2:] {
			fmt.Println(word)
		}
	case "read":
		text, err := os.ReadFile("data/in.txt")
		must(err)
		os.Stdout.Write(text)
	case "write":
		must(os.WriteFile("out.txt", []byte("written ü\n"), 0o644))
	case "exit":
		code, _ := strconv.Atoi(os.Args[2])
		os.Exit(code)
	case "assert":
		if 1+1 != 3 {
			panic("assertion failed")
		}
	case "uncaught":
		panic(fmt.Errorf("went wrong"))
	case "crash":
		debug.SetTraceback("crash")
		panic("abort")
	case "loop":
		for {
		}
	case "much":
		count, _ := strconv.Atoi(os.Args[2])
		fmt.Print(strings.Repeat("x", count))
	case "memory":
		var kept [][]byte
		for {
			block := make([]byte, 1<<20)
			for i := range block {
				block[i] = 1
			}
			kept = append(kept, block)
		}
	case "sleep":
		time.Sleep(400 * time.Millisecond)
		fmt.Println("awake")
	case "spawn":
		var group sync.WaitGroup
		answers := make([]int, 4)
		for i := range answers {
			group.Add(1)
			go func(i int) { answers[i] = i * 10; group.Done() }(i)
		}
		group.Wait()
		fmt.Println(answers[0] + answers[1] + answers[2] + answers[3])
	case "listen":
		_, err := net.Listen("tcp", ":45678")
		must(err)
		file, err := os.OpenFile("mine.txt", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
		must(err)
		file.WriteString(os.Args[2])
		time.Sleep(400 * time.Millisecond)
		text, _ := os.ReadFile("mine.txt")
		os.Stdout.Write(text)
	}
}
