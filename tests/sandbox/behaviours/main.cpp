#include <arpa/inet.h>
#include <sys/socket.h>

#include <cassert>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

int main(int count, char **words) {
    std::string mode = count > 1 ? words[1] : "print";
    auto pause = [] { std::this_thread::sleep_for(std::chrono::milliseconds(400)); };
    if (mode == "print") std::cout << "hello\n";
    if (mode == "greet") {
        std::string name;
        std::getline(std::cin, name);
        std::cout << "hello " << name << "!\n";
    }
    if (mode == "copy") std::cout << std::cin.rdbuf();
    if (mode == "arguments")
        for (int i = 2; i < count; i++) std::cout << words[i] << '\n';
    if (mode == "read") std::cout << std::ifstream("data/in.txt").rdbuf();
    if (mode == "write") std::ofstream("out.txt") << "written ü\n";
    if (mode == "exit") return std::stoi(words[2]);
    if (mode == "assert") assert(1 + 1 == 3);
    if (mode == "uncaught") throw std::runtime_error("went wrong");
    if (mode == "crash") std::raise(SIGSEGV);
    if (mode == "loop")
        for (volatile int i = 0;; i = i + 1) {}
    if (mode == "much") std::cout << std::string(std::stoi(words[2]), 'x');
    if (mode == "memory")
        for (;;) memset(new char[1 << 20], 1, 1 << 20);
    if (mode == "sleep") {
        pause();
        std::cout << "awake\n";
    }
    if (mode == "spawn") {
        std::vector<int> answers(4);
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; i++) threads.emplace_back([&answers, i] { answers[i] = i * 10; });
        for (auto &thread : threads) thread.join();
        std::cout << answers[0] + answers[1] + answers[2] + answers[3] << '\n';
    }
    if (mode == "listen") {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_port = htons(45678);
        int s = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(s, reinterpret_cast<sockaddr *>(&at), sizeof at) || listen(s, 1)) return 1;
        if (std::ifstream("mine.txt")) return 2;
        std::ofstream("mine.txt") << words[2];
        pause();
        std::cout << std::ifstream("mine.txt").rdbuf();
    }
}
