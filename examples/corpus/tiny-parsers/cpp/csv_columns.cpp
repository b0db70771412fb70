/// Prints chosen columns of a CSV file read from standard input.
///
/// Usage: csv_columns NAME... < table.csv
///
/// The first record names the columns. Fields may be quoted with double quotes,
/// in which a doubled quote stands for one; quoted fields may span lines.
#include <algorithm>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

using Record = std::vector<std::string>;

/// Reads records one at a time; the parser is a state machine over characters.
class CsvReader {
public:
    explicit CsvReader(std::istream& in) : in_(in) {}

    /// Reads the next record into `record`; false at the end of the input.
    bool next(Record& record) {
        enum class State { start, plain, quoted, after_quote };
        State state = State::start;
        std::string field;
        record.clear();
        char c;
        bool any = false;
        while (in_.get(c)) {
            any = true;
            if (state == State::quoted) {
                if (c == '"') {
                    state = State::after_quote;
                } else {
                    field += c;
                    line_ += c == '\n';
                }
            } else if (c == '"' && state == State::start) {
                state = State::quoted;
            } else if (c == '"' && state == State::after_quote) {
                field += c;
                state = State::quoted;
            } else if (c == ',') {
                record.push_back(std::move(field));
                field.clear();
                state = State::start;
            } else if (c == '\n') {
                ++line_;
                break;
            } else if (c != '\r') {
                if (state == State::after_quote) {
                    throw std::runtime_error("line " + std::to_string(line_) +
                                             ": text after a closing quote");
                }
                field += c;
                state = State::plain;
            }
        }
        if (state == State::quoted) {
            throw std::runtime_error("line " + std::to_string(line_) + ": quote never closed");
        }
        if (any) {
            record.push_back(std::move(field));
        }
        return any;
    }

private:
    std::istream& in_;
    int line_ = 1;
};

/// Returns the positions of the wanted names in the header.
std::vector<std::size_t> positions(const Record& header, int count, char** names) {
    std::vector<std::size_t> result;
    for (int i = 0; i < count; ++i) {
        auto found = std::find(header.begin(), header.end(), names[i]);
        if (found == header.end()) {
            throw std::runtime_error("no column " + std::string(names[i]));
        }
        result.push_back(static_cast<std::size_t>(found - header.begin()));
    }
    return result;
}

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: csv_columns NAME... < table.csv\n";
        return 2;
    }
    try {
        CsvReader reader(std::cin);
        Record record;
        if (!reader.next(record)) {
            throw std::runtime_error("no header");
        }
        const auto wanted = positions(record, argc - 1, argv + 1);
        while (reader.next(record)) {
            for (std::size_t i = 0; i < wanted.size(); ++i) {
                std::cout << (i > 0 ? "\t" : "")
                          << (wanted[i] < record.size() ? record[wanted[i]] : "");
            }
            std::cout << '\n';
        }
    } catch (const std::exception& error) {
        std::cerr << "csv_columns: " << error.what() << '\n';
        return 1;
    }
    return 0;
}
