#pragma once
#include <map>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "destination/relational/errors.hpp"
#include "destination/relational/rows.hpp"
#include "model/load.hpp"

namespace ringtail::relational {

// What loads assume of the database until it says otherwise. One object per connection.
class Assumptions {
  public:
    void begin_load(bool plans_are_old) {
        plans_are_old_ = plans_are_old;
        asks_for_parents_ = false;
        collisions_ = 0;
        deadlocks_ = 0;
    }

    // Whether the load may work when it is done again: something that was assumed was not so.
    bool learn_from(const SqlError& error);

    // Whether a table was empty at the first load into it, and no row was found to be there since.
    // `look` asks the database.
    template <typename Look>
    bool was_empty(const std::string& table, Look look) {
        const auto [place, unknown] = was_empty_.try_emplace(table, false);
        if (unknown) place->second = look();
        return place->second;
    }

    // How often in this load a row that was taken for new was there.
    int collisions() const { return collisions_; }
    // The load violated a foreign key: rows without their parent are rejects.
    bool asks_for_parents() const { return asks_for_parents_; }

  private:
    std::map<std::string, bool, std::less<>> was_empty_;
    bool plans_are_old_ = false;
    bool asks_for_parents_ = false;
    int collisions_ = 0;
    int deadlocks_ = 0;
};

// The error of a row that breaks a secondary key, or of two keys that are one for the database.
Error broken_key(const SqlError& error);

// Each repetition knows more of the database than the one before; more than that is a mistake of
// ours.
inline constexpr int kMostRepetitions = 20;

// attempt() is one try at the whole load; widen() gives columns that are too narrow another type;
// forget() drops the plans.
template <typename Attempt, typename Widen, typename Forget>
LoadStats repeat_load(Assumptions& assumptions, Attempt attempt, Widen widen, Forget forget) {
    for (int repetition = 0; repetition < kMostRepetitions; ++repetition) {
        try {
            return attempt();
        } catch (const TooNarrow&) {
            widen();
            forget();
        } catch (const SqlError& error) {
            forget();
            if (assumptions.learn_from(error)) continue;
            if (error.cause() == Cause::duplicate_key) throw broken_key(error);
            throw;
        } catch (...) {
            forget();
            throw;
        }
    }
    throw Error(Fault::bug, "a load was repeated too often");
}

}  // namespace ringtail::relational
