import Foundation

let words = Array(CommandLine.arguments.dropFirst())
struct Failure: Error { let reason: String }

switch words.first ?? "print" {
case "print": print("hello")
case "greet": print("hello \(readLine() ?? "")!")
case "copy": FileHandle.standardOutput.write(FileHandle.standardInput.readDataToEndOfFile())
case "arguments": words.dropFirst().forEach { print($0) }
case "read": print(try String(contentsOfFile: "data/in.txt", encoding: .utf8), terminator: "")
case "write": try "written ü\n".write(toFile: "out.txt", atomically: false, encoding: .utf8)
case "exit": exit(Int32(words[1])!)
case "assert": assert(1 + 1 == 3, "assertion failed")
case "uncaught": throw Failure(reason: "went wrong")
case "crash": abort()
case "loop": while true {}
case "much": print(String(repeating: "x", count: Int(words[1])!), terminator: "")
case "memory":
    var kept: [[UInt8]] = []
    while true { kept.append([UInt8](repeating: 1, count: 1 << 20)) }
case "sleep":
    Thread.sleep(forTimeInterval: 0.4)
    print("awake")
case "spawn":
    let group = DispatchGroup()
    let lock = NSLock()
    nonisolated(unsafe) var sum = 0
    for number in 0..<4 {
        DispatchQueue.global().async(group: group) {
            lock.lock()
            sum += number * 10
            lock.unlock()
        }
    }
    group.wait()
    print(sum)
case "listen":
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var at = sockaddr_in()
    at.sin_family = sa_family_t(AF_INET)
    at.sin_port = in_port_t(45678).bigEndian
    let bound = withUnsafePointer(to: &at) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard bound == 0, listen(server, 1) == 0, !FileManager.default.fileExists(atPath: "mine.txt") else { exit(1) }
    try words[1].write(toFile: "mine.txt", atomically: false, encoding: .utf8)
    Thread.sleep(forTimeInterval: 0.4)
    print(try String(contentsOfFile: "mine.txt", encoding: .utf8), terminator: "")
default: break
}
