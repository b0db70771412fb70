/// Completes prefixes from a word list.
///
/// Usage: complete PREFIX... < words
///
/// Each line of standard input holds a word and, optionally, a weight; heavier
/// words are suggested first.
#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

/// A suggested word with its weight.
struct Suggestion {
    std::string word;
    int weight;
};

/// A tree of letters; the path to a node spells a prefix.
class Trie {
public:
    /// Adds `word`, or adds to its weight when it is known.
    void insert(const std::string& word, int weight) {
        Node* node = &root_;
        for (char letter : word) {
            auto& child = node->children[letter];
            if (!child) {
                child = std::make_unique<Node>();
            }
            node = child.get();
        }
        node->weight += weight;
    }

    /// Returns up to `limit` words that begin with `prefix`, heaviest first,
    /// equal weights in alphabetical order.
    std::vector<Suggestion> complete(const std::string& prefix, std::size_t limit) const {
        const Node* node = &root_;
        for (char letter : prefix) {
            auto child = node->children.find(letter);
            if (child == node->children.end()) {
                return {};
            }
            node = child->second.get();
        }
        std::vector<Suggestion> found;
        std::string word = prefix;
        collect(*node, word, found);
        std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
            return a.weight > b.weight;
        });
        if (found.size() > limit) {
            found.resize(limit);
        }
        return found;
    }

private:
    struct Node {
        int weight = 0;  // zero when no word ends here
        std::map<char, std::unique_ptr<Node>> children;
    };

    /// Appends every word below `node`; `word` spells the path to it.
    static void collect(const Node& node, std::string& word, std::vector<Suggestion>& found) {
        if (node.weight > 0) {
            found.push_back({word, node.weight});
        }
        for (const auto& [letter, child] : node.children) {
            word.push_back(letter);
            collect(*child, word, found);
            word.pop_back();
        }
    }

    Node root_;
};

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: complete PREFIX... < words\n";
        return 2;
    }
    Trie trie;
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream fields(line);
        std::string word;
        int weight = 1;
        if (fields >> word) {
            fields >> weight;
            trie.insert(word, weight > 0 ? weight : 1);
        }
    }
    for (int i = 1; i < argc; ++i) {
        std::cout << argv[i] << ':';
        for (const Suggestion& suggestion : trie.complete(argv[i], 5)) {
            std::cout << ' ' << suggestion.word << '(' << suggestion.weight << ')';
        }
        std::cout << '\n';
    }
    return 0;
}
