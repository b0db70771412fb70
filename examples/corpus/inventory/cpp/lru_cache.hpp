/// A cache of bounded size that forgets what was not used for longest.
#pragma once

#include <cstddef>
#include <list>
#include <optional>
#include <stdexcept>
#include <unordered_map>
#include <utility>

namespace inventory {

/// Maps keys to values; both are stored by value. Looking up and storing take
/// constant time on average. Not safe for use from several threads.
template <typename Key, typename Value>
class LruCache {
public:
    /// Makes a cache that holds up to `capacity` entries, at least one.
    explicit LruCache(std::size_t capacity) : capacity_(capacity) {
        if (capacity == 0) {
            throw std::invalid_argument("an LruCache needs room for one entry");
        }
    }

    /// Returns the value of `key` and marks it as just used.
    std::optional<Value> get(const Key& key) {
        auto found = index_.find(key);
        if (found == index_.end()) {
            ++misses_;
            return std::nullopt;
        }
        ++hits_;
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->second;
    }

    /// Stores a value, dropping the entry unused for longest if there is no room.
    void put(const Key& key, Value value) {
        auto found = index_.find(key);
        if (found != index_.end()) {
            found->second->second = std::move(value);
            entries_.splice(entries_.begin(), entries_, found->second);
            return;
        }
        if (entries_.size() == capacity_) {
            index_.erase(entries_.back().first);
            entries_.pop_back();
        }
        entries_.emplace_front(key, std::move(value));
        index_.emplace(key, entries_.begin());
    }

    /// Returns the value of `key`, computing and storing it when it is missing.
    template <typename Compute>
    Value get_or(const Key& key, Compute compute) {
        if (auto known = get(key)) {
            return *known;
        }
        Value value = compute(key);
        put(key, value);
        return value;
    }

    /// Forgets `key`; false when it was not there.
    bool erase(const Key& key) {
        auto found = index_.find(key);
        if (found == index_.end()) {
            return false;
        }
        entries_.erase(found->second);
        index_.erase(found);
        return true;
    }

    std::size_t size() const { return entries_.size(); }

    /// Share of lookups that found something; 0 before the first one.
    double hit_rate() const {
        const std::size_t lookups = hits_ + misses_;
        return lookups == 0 ? 0.0 : static_cast<double>(hits_) / static_cast<double>(lookups);
    }

private:
    using Entries = std::list<std::pair<Key, Value>>;

    std::size_t capacity_;
    std::size_t hits_ = 0;
    std::size_t misses_ = 0;
    Entries entries_;  // most recently used first
    std::unordered_map<Key, typename Entries::iterator> index_;
};

}  // namespace inventory
