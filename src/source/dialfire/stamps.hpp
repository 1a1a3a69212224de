#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ringtail::dialfire {

// What tells versions of a contact apart.
struct Stamp {
    std::string md5;      // $md5
    std::string changed;  // $changed, where delivered (G-23)
    std::string version;  // $version
    std::string fired;    // the newest transaction's
    friend bool operator==(const Stamp&, const Stamp&) = default;
};

// Reads the stamps of an answer to POST contacts. Throws Error(transient) unless the body is one
// whole JSON array.
std::map<std::string, Stamp> read_stamps(std::string_view body);

// Whether `a` is certainly an older version than `b`: by $changed where both have it, by $version
// where both are whole numbers ($version is usually an opaque word), else by the newest
// transaction, as a task log only grows.
bool is_older(const Stamp& a, const Stamp& b);

// The newest stamps seen of the contacts fetched last; bounded. Safe from several threads.
class NewestStamps {
  public:
    void note(const std::string& id, const Stamp& stamp);
    std::optional<Stamp> find(const std::string& id) const;

  private:
    static constexpr std::size_t kPerGeneration =
        10'000;  // about 2 MB; older ones are forgotten in bulk
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Stamp> young_, old_;
};

// Checks one answer: a copy behind the one we know of (a lagging replica, an answer that was
// overtaken) must not overwrite newer rows, so it is refused with Error(transient) and asked for
// again, twice. After that it is taken: the source really went back.
class StampCheck {
  public:
    explicit StampCheck(NewestStamps& newest) : newest_(newest) {}
    // Throws Error(transient) when the body is not whole or older than what is known of.
    void check(std::string_view body);
    // What the answer holds; after check().
    const std::map<std::string, Stamp>& stamps() const { return stamps_; }
    // To be called when the answer is used: later answers are measured against it.
    void note() const;

  private:
    NewestStamps& newest_;
    std::map<std::string, Stamp> stamps_;
    int refusals_left_ = 2;
};

}  // namespace ringtail::dialfire
