/// Translates between text and Morse code.
///
/// Letters are separated by one space and words by a slash between spaces.
public struct Morse {
    /// Something that cannot be translated.
    public enum Failure: Error, Equatable {
        case character(Character)
        case code(String)
    }

    private static let table: [Character: String] = [
        "a": ".-", "b": "-...", "c": "-.-.", "d": "-..", "e": ".", "f": "..-.",
        "g": "--.", "h": "....", "i": "..", "j": ".---", "k": "-.-", "l": ".-..",
        "m": "--", "n": "-.", "o": "---", "p": ".--.", "q": "--.-", "r": ".-.",
        "s": "...", "t": "-", "u": "..-", "v": "...-", "w": ".--", "x": "-..-",
        "y": "-.--", "z": "--..", "0": "-----", "1": ".----", "2": "..---",
        "3": "...--", "4": "....-", "5": ".....", "6": "-....", "7": "--...",
        "8": "---..", "9": "----.", "?": "..--..", ".": ".-.-.-", ",": "--..--",
    ]

    private static let reversed: [String: Character] = {
        var result: [String: Character] = [:]
        for (character, code) in Morse.table {
            result[code] = character
        }
        return result
    }()

    /// Writes a text in Morse code.
    ///
    /// - Throws: `Failure.character` for the first character without a code.
    public static func encode(_ text: String) throws -> String {
        let words = try text.lowercased().split(separator: " ").map { word -> String in
            let codes = try word.map { character -> String in
                guard let code = table[character] else {
                    throw Failure.character(character)
                }
                return code
            }
            return codes.joined(separator: " ")
        }
        return words.joined(separator: " / ")
    }

    /// Reads Morse code; any number of spaces may separate the letters.
    ///
    /// - Throws: `Failure.code` for the first group that stands for nothing.
    public static func decode(_ code: String) throws -> String {
        var text = ""
        for group in code.split(separator: " ") {
            if group == "/" {
                text.append(" ")
            } else if let character = reversed[String(group)] {
                text.append(character)
            } else {
                throw Failure.code(String(group))
            }
        }
        return text
    }

    /// Returns how long a message takes, in units of a dot.
    ///
    /// A dash lasts three units, the gap between signals one, between letters
    /// three and between words seven.
    public static func duration(of code: String) -> Int {
        let words = code.split(separator: "/").map { $0.split(separator: " ") }
        var units = 0
        for letters in words {
            for letter in letters {
                let dashes = letter.filter { $0 == "-" }.count
                units += letter.count + 2 * dashes + letter.count - 1
            }
            units += 3 * max(letters.count - 1, 0)
        }
        return units + 7 * max(words.count - 1, 0)
    }
}

for message in ["Send help", "SOS 24", "caf\u{e9}"] {
    do {
        let code = try Morse.encode(message)
        print("\(code) (\(Morse.duration(of: code)) units, \(try Morse.decode(code)))")
    } catch {
        print("\(message): \(error)")
    }
}
