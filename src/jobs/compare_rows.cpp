#include "jobs/compare_rows.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <unordered_set>

#include "base/md5.hpp"

namespace ringtail::jobs {
namespace {

constexpr char kEndOfValue = '\x1f', kNull = '\x1e', kEndOfRow = '\n';

void append(std::string& text, const std::string& key, const ComparedValues& values) {
    text += key;
    for (const auto& value : values) {
        text += kEndOfValue;
        if (value)
            text += *value;
        else
            text += kNull;
    }
    text += kEndOfRow;
}

class Walk {
  public:
    Walk(const std::vector<SourceRow>& there, const std::vector<StoredRow>& here,
         const std::vector<std::string>& beyond)
        : there_(there), here_(here), beyond_(beyond) {}

    Compared go() {
        auto here = here_.begin();
        for (const SourceRow& row : there_) {
            while (here != here_.end() && here->key < row.key) not_there(*here++);
            auto end = here;
            while (end != here_.end() && end->key == row.key) ++end;
            both(row, here, end);
            here = end;
        }
        while (here != here_.end()) not_there(*here++);
        compared_.hash_there = md5_hex({text_there_});
        compared_.hash_here = md5_hex({text_here_});
        return std::move(compared_);
    }

  private:
    using Stored = std::vector<StoredRow>::const_iterator;

    static bool is_same(const SourceRow& there, const StoredRow& here) {
        return there.values.empty() || there.values == here.values;
    }

    // `begin` to `end`: what is stored with that key.
    void both(const SourceRow& there, Stored begin, Stored end) {
        ++compared_.there;
        if (there.open) ++compared_.open;
        append(text_there_, there.key, there.values);
        if (begin == end) {
            compared_.differences.push_back({Difference::Kind::missing, there.key, "", {}, {}});
            return;
        }
        auto one =
            std::find_if(begin, end, [&](const StoredRow& row) { return is_same(there, row); });
        if (one == end) one = begin;
        ++compared_.here;
        append(text_here_, there.key, there.values.empty() ? ComparedValues() : one->values);
        if (!is_same(there, *one)) {
            changed(there, *one);
        } else if (one->missing_since) {
            compared_.differences.push_back(
                {Difference::Kind::again, there.key, one->row, one->missing_since, {}});
        }
        for (auto other = begin; other != end; ++other)
            if (other != one) extra(*other);
    }

    void changed(const SourceRow& there, const StoredRow& here) {
        Difference difference{Difference::Kind::changed, there.key, here.row, {}, {}};
        for (std::size_t i = 0; i < there.values.size(); ++i) {
            const auto stored = i < here.values.size() ? here.values[i] : std::nullopt;
            if (stored != there.values[i])
                difference.values.push_back({i, stored, there.values[i]});
        }
        compared_.differences.push_back(std::move(difference));
    }

    void not_there(const StoredRow& here) {
        if (std::ranges::binary_search(beyond_, here.key)) return;
        if (here.open) {
            ++compared_.open;
            return;
        }
        extra(here);
    }

    void extra(const StoredRow& here) {
        ++compared_.here;
        append(text_here_, here.key, here.values);
        compared_.differences.push_back(
            {Difference::Kind::extra, here.key, here.row, here.missing_since, {}});
    }

    const std::vector<SourceRow>& there_;
    const std::vector<StoredRow>& here_;
    const std::vector<std::string>& beyond_;
    std::string text_there_, text_here_;
    Compared compared_;
};

}  // namespace

std::uint64_t Compared::count(Difference::Kind kind) const {
    return static_cast<std::uint64_t>(std::ranges::count(differences, kind, &Difference::kind));
}

Compared compare_rows(std::vector<SourceRow>& there, std::vector<StoredRow>& here,
                      std::vector<std::string>& beyond) {
    std::ranges::sort(there, {}, &SourceRow::key);
    std::ranges::sort(here, [](const StoredRow& a, const StoredRow& b) {
        return std::tie(a.key, a.row) < std::tie(b.key, b.row);
    });
    std::ranges::sort(beyond);
    return Walk(there, here, beyond).go();
}

void replace_rows(std::vector<SourceRow>& there, const std::vector<std::string>& keys,
                  std::vector<SourceRow> rows) {
    const std::unordered_set<std::string_view> old(keys.begin(), keys.end());
    std::erase_if(there, [&](const SourceRow& row) { return old.contains(row.key); });
    std::ranges::move(rows, std::back_inserter(there));
}

}  // namespace ringtail::jobs
