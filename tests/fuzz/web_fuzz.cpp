// Any path and any body: a route takes it, or there is a clear error; nothing else is thrown. The
// first line is the path and a key, the rest the body.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "web/auth.hpp"
#include "web/body.hpp"
#include "web/router.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::web;

const Router& router() {
    static const Router filled = [] {
        Router made;
        for (const auto* pattern :
             {"/api/v1/sources", "/api/v1/sources/{source}", "/api/v1/jobs/{job}/run", "/{a}/{b}"})
            made.add("GET", pattern, Access::read, "");
        return made;
    }();
    return filled;
}

template <typename Read>
void may_refuse(Read read) {
    try {
        read();
    } catch (const Error& error) {
        if (error.fault() != Fault::config) std::abort();
    }
}

void read_body(const Request& request) {
    may_refuse([&] {
        const Body body(request, {"name", "days", "since", "settings", "on"});
        may_refuse([&] { body.text("name"); });
        may_refuse([&] { body.number("days"); });
        may_refuse([&] { body.time("since"); });
        may_refuse([&] { body.object("settings"); });
        may_refuse([&] { body.flag("on"); });
        may_refuse([&] { body.wanted("name"); });
    });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto line = std::min(text.find('\n'), text.size());
    Request request;
    request.http.method = "GET";
    request.http.path = text.substr(0, line);
    request.http.peer = "127.0.0.1";
    request.http.headers = {{"host", request.http.path}, {"authorization", request.http.path}};
    if (line < text.size()) request.http.body = text.substr(line + 1);
    auto match = router().match("GET", request.http.path);
    if ((match.route == nullptr) != match.parts.empty() && request.http.path != "/api/v1/sources")
        std::abort();
    request.parts = std::move(match.parts);
    for (const auto& [name, value] : request.parts) static_cast<void>(number_part(request, name));
    static_cast<void>(is_local(request.http));
    static_cast<void>(bearer_key(request.http));
    read_body(request);
    return 0;
}
