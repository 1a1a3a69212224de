#include "receiver.hpp"

#include <fmt/format.h>

#include <atomic>
#include <mutex>

#include "base/error.hpp"
#include "base/log.hpp"
#include "http/server.hpp"

namespace ringtail::sim {

struct Receiver::Parts {
    struct Live {
        PostFault fault;
        unsigned done = 0;
    };

    std::optional<PostFault> strike(const Post& post) {
        for (Live& live : faults) {
            if (live.fault.count > 0 && live.done >= live.fault.count) continue;
            if (post.body.find(live.fault.contains) == std::string::npos) continue;
            ++live.done;
            return live.fault;
        }
        return std::nullopt;
    }

    void take(http::ServerRequest request, const http::Responder& responder) {
        Post post{std::move(request.method), std::move(request.target), std::move(request.headers),
                  std::move(request.body), "200"};
        std::optional<PostFault> fault;
        {
            const std::lock_guard lock(mutex);
            fault = strike(post);
            if (fault) post.answered = fault->kind;
            if (look) look(post);
            ++count;
            if (keep) posts.push_back(std::move(post));
        }
        if (fault && fault->kind == "close") return;  // the responder goes without an answer
        responder.send(fault ? answer_of(*fault) : answer(200, "{\"ok\":true}\n"));
    }

    static http::Answer answer(int status, std::string body) {
        http::Answer answer;
        answer.status = status;
        answer.body = std::move(body);
        answer.compress = false;
        return answer;
    }

    static http::Answer answer_of(const PostFault& fault) {
        http::Answer reply = answer(200, std::string(1'000, ' '));
        if (fault.kind == "cut") {
            reply.delivery.cut_after = 500;
        } else if (fault.kind == "hang") {
            reply.delivery.delay = std::chrono::hours(1);
        } else if (fault.kind == "slow") {
            reply.delivery.slice_bytes = 100;
            reply.delivery.slice_pause = std::chrono::milliseconds(20);
        } else if (fault.kind == "huge") {
            reply.body.assign(50U << 20U, ' ');
        } else {
            reply = answer(std::stoi(fault.kind), "no, says the receiver");
        }
        if (fault.retry_after >= 0)
            reply.headers.emplace_back("Retry-After", std::to_string(fault.retry_after));
        if (!fault.location.empty()) reply.headers.emplace_back("Location", fault.location);
        return reply;
    }

    bool keep = true;
    std::unique_ptr<Logger> log = make_null_logger();
    mutable std::mutex mutex;
    std::vector<Live> faults;
    std::vector<Post> posts;
    std::function<void(const Post&)> look;
    std::atomic<std::uint64_t> count{0};
    std::unique_ptr<http::Server> server;
};

std::optional<std::string_view> Post::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (key == name) return value;
    return std::nullopt;
}

Receiver::Receiver(bool keep, std::uint16_t port) : parts_(std::make_unique<Parts>()) {
    parts_->keep = keep;
    http::ServerOptions options;
    options.port = port;
    parts_->server = std::make_unique<http::Server>(
        options,
        [parts = parts_.get()](http::ServerRequest request, const http::Responder& responder) {
            parts->take(std::move(request), responder);
        },
        *parts_->log);
}

Receiver::~Receiver() { parts_->server.reset(); }

std::uint16_t Receiver::port() const { return parts_->server->port(); }

std::string Receiver::url(std::string_view path) const {
    return fmt::format("http://127.0.0.1:{}{}", port(), path);
}

void Receiver::add_fault(const PostFault& fault) {
    const std::lock_guard lock(parts_->mutex);
    parts_->faults.push_back({fault});
}

void Receiver::clear_faults() {
    const std::lock_guard lock(parts_->mutex);
    parts_->faults.clear();
}

std::vector<Post> Receiver::posts() const {
    const std::lock_guard lock(parts_->mutex);
    return parts_->posts;
}

std::uint64_t Receiver::count() const { return parts_->count; }

void Receiver::on_post(std::function<void(const Post&)> look) {
    const std::lock_guard lock(parts_->mutex);
    parts_->look = std::move(look);
}

}  // namespace ringtail::sim
