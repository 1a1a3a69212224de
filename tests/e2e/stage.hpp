#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/simulation.hpp"
#include "support/process.hpp"

namespace ringtail::e2e {

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string>;

// A folder that is the program's HOME, its root for log and state files, and where databases go;
// and the program itself.
class Stage {
  public:
    // `words` is what follows the program's name.
    test::Outcome run(const Words& words, const Variables& variables = {}) const;
    // Runs in the folder, so that relative names are in it.
    std::unique_ptr<test::Process> start(const Words& words, const Variables& variables = {}) const;
    // The same with the program called by another name.
    test::Outcome run_as(const std::string& name, const Words& words,
                         const Variables& variables = {}) const;

    std::string path(const std::string& name) const { return folder_.path() + "/" + name; }
    void write(const std::string& name, std::string_view text) const;
    std::string read(const std::string& name) const;
    // The names in a folder, none where there is no such folder.
    std::vector<std::string> list(const std::string& name) const;

    // First value of a query on a SQLite file in the folder.
    std::string value(const std::string& database, const std::string& sql) const;

  private:
    test::TemporaryFolder folder_;
};

// The program's path.
std::string program();

// A small campaign without odd values.
sim::Options small_campaign(std::uint32_t contacts = 200);

// Words of `sync` that load it: `--from … --api …`; the token goes into RINGTAIL_TOKEN.
Words sync_words(const sim::Simulation& campaign, const Words& further = {});
Variables token_of(const sim::Simulation& campaign);
// The same for the old client's flags.
Words dbsync2_words(const sim::Simulation& campaign, const std::string& mode,
                    const Words& further = {});

std::uint64_t true_rows(const sim::Simulation& campaign, std::string_view table);

// From now on the contact list is never answered: a load is certainly not done when a test acts.
void hang_the_list(sim::Simulation& campaign);

// Waits until the running program's standard output has this text; fails when it ends before.
void wait_for_output(test::Process& process, std::string_view text);

}  // namespace ringtail::e2e
