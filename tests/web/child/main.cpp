#include <unistd.h>

#include <cstdio>

#include "../scene.hpp"

// A service that takes webhooks, in the folder that is given, until it is killed. Says its port and
// its webhook's token on one line.
int main(int count, char** words) {
    if (count != 2) return 2;
    const ringtail::test::WebScene scene({}, words[1]);
    std::printf("%d %s\n", scene.server->port(), scene.token.c_str());
    std::fflush(stdout);
    for (;;) ::pause();
}
