#pragma once
#include <memory>
#include <string>

#include "fault/scene.hpp"

namespace ringtail::fault {

// The real program following a scene's campaign with short pauses. Ended at the latest by the
// destructor.
class Following {
  public:
    explicit Following(Scene& scene, const Words& further = {});

    // Waits until the tables equal the truth; false when the program ended or it took too long.
    bool reaches_truth();
    // Waits until as many contacts are stored as there are.
    bool stores_all_contacts();
    // What it has written so far, and what is still different.
    std::string state();
    // Waits for its end; for at most 30 s.
    test::Outcome wait();
    // Ends it with SIGTERM.
    test::Outcome stop();

  private:
    template <typename Condition>
    bool reaches(Condition condition);

    Scene& scene_;
    std::unique_ptr<test::Process> process_;
};

}  // namespace ringtail::fault
