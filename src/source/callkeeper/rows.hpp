#pragma once
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "model/load.hpp"
#include "source/callkeeper/options.hpp"
#include "source/callkeeper/page.hpp"
#include "source/source.hpp"

// Merged calls to rows: a pure projection of their state.
namespace ringtail::callkeeper {

// Where the prepared tables stand, and which of a row's values each of their cells gets.
class TablePlaces {
  public:
    TablePlaces() = default;
    TablePlaces(std::span<const Table> tables, const Options& options);

    static constexpr std::size_t kNone = SIZE_MAX;
    struct Place {
        std::size_t table = kNone;         // its index among the prepared; kNone: not wanted
        std::vector<std::size_t> columns;  // for each cell, the index in make_tables()' columns
    };
    const Place& operator[](TableId id) const { return places_[static_cast<std::size_t>(id)]; }
    bool has(TableId id) const { return (*this)[id].table != kNone; }

  private:
    std::array<Place, kTables> places_;
};

// The numbers of callkeeper_calls_facts, and what they are told by.
struct Measure {
    std::string_view column;
    Field field;
};
inline constexpr std::array kMeasures{
    Measure{"duration", Field::duration_sec}, Measure{"talk_duration", Field::duration2_sec},
    Measure{"attempt", Field::attempt}, Measure{"asr_attempts", Field::asr_attempts},
    Measure{"playback_tick", Field::playback_tick}};
// As its row has it: 0 where the call tells none.
std::int64_t measure_of(const CallView& call, Field field);

struct RowOptions {
    std::int64_t account_id = 1;
    std::string prefix;
    std::string phone_region = "RU";
    TablePlaces places;
};

// A page's body (page.hpp) into rows, rejects, rechecks and the tally's loaded, equal, rejected and
// open. Error(data) when it is no such body.
void decode_page(const Page& page, const RowOptions& options, Decoded& into);

}  // namespace ringtail::callkeeper
