#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "fault/database.hpp"
#include "fault/truth.hpp"
#include "sim/simulation.hpp"
#include "support/process.hpp"

namespace ringtail::fault {

using Words = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

// A stand-in campaign, an empty database, and the real program between them.
class Scene {
  public:
    Scene(DatabaseKind kind, sim::Options options);

    sim::Simulation& campaign() { return *campaign_; }
    const sim::Simulation& campaign() const { return *campaign_; }
    Database& database() { return *database_; }
    const Database& database() const { return *database_; }
    const std::string& folder() const { return folder_.path(); }
    // In place of the kind's own.
    void use_database(std::unique_ptr<Database> database) { database_ = std::move(database); }

    // The tables' prefix, for differences(): not df_.
    void use_prefix(std::string prefix) { prefix_ = std::move(prefix); }

    // A field that is made text, for differences().
    void was_number(const std::string& field) { once_numbers_.insert(field); }

    // The words of `ringtail sync … --once` for this scene and these further words.
    Words sync(const Words& further = {"--once"}) const;
    // A second campaign into the same tables; differences() counts it in from now on.
    sim::Simulation& add_campaign(sim::Options options);
    // The words of sync() for it.
    Words sync_other(const Words& further = {"--once"}) const;

    // Starts it.
    std::unique_ptr<test::Process> start(const Words& further = {"--once"},
                                         Environment environment = {}) const;
    // Runs it to its end.
    test::Outcome run(const Words& further = {"--once"}, const Environment& environment = {}) const;
    // What the tables and the campaign's truth differ in.
    std::vector<std::string> differences(const sim::TruthOptions& truth = {});

  private:
    Words words_for(const sim::Simulation& campaign, const Words& further) const;
    std::vector<Table> tables_of(const sim::Simulation& campaign,
                                 const sim::TruthOptions& truth) const;

    test::TemporaryFolder folder_;
    std::unique_ptr<sim::Simulation> campaign_;
    std::unique_ptr<sim::Simulation> other_;
    std::unique_ptr<Database> database_;
    std::string prefix_ = "df_";
    std::set<std::string> once_numbers_;
};

// The exit code of a run that read some of the odd campaign's rejects; one that read none ends with
// 0.
inline constexpr int kDoneWithRejects = 3;

// The usual campaign of these tests: small, and with every odd value.
sim::Options odd_campaign(std::uint32_t contacts);

// The program's path.
std::string program();

}  // namespace ringtail::fault
