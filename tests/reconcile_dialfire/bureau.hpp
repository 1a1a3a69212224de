#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "fault/scene.hpp"

namespace ringtail::fault {

// What a run of `ringtail reconcile` says.
struct Reconciled {
    int code = 0, signal = 0;
    std::string out;      // and what went to stderr
    std::string message;  // of its run in the journal
    std::uint64_t requests = 0;
};

// A campaign that is loaded into a database by a service's job, and the comparison of both; the
// real program.
class Bureau {
  public:
    Bureau(DatabaseKind kind, const sim::Options& options);

    Scene scene;
    // A second campaign of these options, loaded into the same tables.
    void add_other(const sim::Options& options);

    // `further`: flags of `source add`.
    void connect(const Words& further = {});
    void load(const std::string& source = "campaign");
    // Of all days there are, unless the words say something else.
    Reconciled reconcile(Words further = {}, const Environment& environment = {});
    test::Outcome run(const Words& words, const Environment& environment = {}) const;

    // Keys of a table that a seed chooses; none twice.
    std::vector<std::string> choose(const std::string& table, std::size_t rows);
    // Keys of the rows with that value, sorted.
    std::vector<std::string> keys(const std::string& table, const std::string& column,
                                  const std::optional<std::string>& value);
    void remove(const std::string& table, const std::vector<std::string>& keys);
    void change(const std::string& table, const std::string& column, const std::string& value,
                const std::vector<std::string>& keys);
    // Copies of rows under other keys; `changes`: further columns and what they are then.
    void add(const std::string& table, const std::vector<std::string>& keys,
             const std::map<std::string, std::string>& changes = {});
    // As if what is marked had been so for two hours.
    void let_two_hours_pass();
    std::size_t rows(const std::string& table);
    std::size_t marked();
    std::string first_day() const { return first_day_; }
    std::string a_day() const;  // in the midst of the others, as tables have it
    std::string records();      // rows of ringtail_reconciliation, for messages
    // As the service does when it starts after it has been killed.
    void recover();

  private:
    bool is_mysql() const { return scene.database().url().starts_with("mysql"); }
    bool is_clickhouse() const { return scene.database().url().starts_with("clickhouse"); }
    void mutate(const std::string& table, const std::string& what);
    std::string time_text(Instant time) const;
    std::string where(const std::string& table, const std::vector<std::string>& keys) const;

    std::map<std::string, std::set<std::string>> chosen_;
    std::string first_day_;
};

inline const std::vector<std::string> kTables{"df_contacts", "df_transactions", "df_connections",
                                              "df_recordings", "df_inbound_calls"};

// Rows on a few days, all plain.
sim::Options few_days(std::uint32_t contacts);

}  // namespace ringtail::fault
