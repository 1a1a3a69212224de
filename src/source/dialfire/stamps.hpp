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

    // Whether listed md5s still mean anything: not after several answers in a row that had other
    // ones to the end. Then the two calls of the service disagree for good, and asking again would
    // only cost time.
    bool listing_agrees() const;
    void note_agreement(bool agreed);

  private:
    static constexpr std::size_t kPerGeneration =
        10'000;  // about 2 MB; older ones are forgotten in bulk
    static constexpr int kDisagreements = 3;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Stamp> young_, old_;
    int disagreements_in_a_row_ = 0;
};

// Checks one answer: a copy behind the one we know of (a lagging replica, an answer that was
// overtaken) must neither overwrite newer rows nor pass for the listed version, so it is refused
// with Error(transient) and asked for again, twice. After that it is taken: the contact has changed
// since it was listed, or really went back.
class StampCheck {
  public:
    explicit StampCheck(NewestStamps& newest) : newest_(newest) {}
    // The md5 that the listing named.
    void expect(const std::string& id, std::string listed_md5) {
        listed_.emplace(id, std::move(listed_md5));
    }
    // Throws Error(transient) when the body is not whole or not what is known of.
    void check(std::string_view body);
    // To be called when the answer is used: later answers are measured against it.
    void note() const;

  private:
    bool is_as_listed(const std::string& id, const Stamp& stamp) const;

    NewestStamps& newest_;
    std::unordered_map<std::string, std::string> listed_;
    std::map<std::string, Stamp> stamps_;
    int refusals_left_ = 2;
};

}  // namespace ringtail::dialfire
