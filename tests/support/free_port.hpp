#pragma once

namespace ringtail::test {

// A port of 127.0.0.1 that nobody listens on, and that no other caller gets while this process
// runs. It is none of those that the system gives to outgoing connections, so that it stays free
// until a server is started there, and while that is stopped.
int free_port();

}  // namespace ringtail::test
