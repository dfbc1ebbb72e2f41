/* bare_relay.c: what a relay costs without any framework or promise: a floor, not a peer.
 *
 * GET /ANY/NAME subscribes to NAME's channel and stays open; what is published there goes out at
 * once, as one chunk with `id:` and `data:` lines; who was sent nothing for 15 s gets a heartbeat, as
 * ours does. No replay, no repair, one viewer per stream. At its end it prints how long messages had taken when they were heard here, from the
 * CLOCK_MONOTONIC ns that they carry as "t".
 *
 * Build: gcc -O2 -Wall -o bare_relay bare_relay.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <search.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MOST_STREAMS 20000
#define MOST_HEARD (8u << 20)
#define SILENT_S 15

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n";
static const char BEAT[] = "5\r\n: hb\n\r\n";
static char in[1 << 20];
static size_t filled;
static uint32_t heard_us[MOST_HEARD];
static size_t heard;
/* Seconds so far; when each descriptor was last written to, 0 for one that is no stream. */
static uint32_t second = 1, written[MOST_STREAMS];
static volatile sig_atomic_t stopped;

static void stop(int number) { stopped = number; }

static int endpoint(int port, int listening) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    int failed = listening ? bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)
                           : connect(fd, (void *)&address, sizeof address);
    if (failed) { perror("bare_relay"); exit(1); }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

static void watch(int epoll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

/* A request: answer it, and subscribe to its channel. */
static void open_stream(int epoll, int fd, int valkey, const char *pattern) {
    char request[8192], channel[512], command[1024];
    ssize_t got = read(fd, request, sizeof request - 1);
    if (got <= 0) { close(fd); return; }
    request[got] = 0;
    char *path = strchr(request, ' '), *end = path ? strchr(path + 1, ' ') : NULL;
    if (!end) { close(fd); return; }
    *end = 0;
    snprintf(channel, sizeof channel, pattern, strrchr(path, '/') + 1);
    if (fd >= MOST_STREAMS) { close(fd); return; }
    written[fd] = second;
    ENTRY entry = {.key = strdup(channel), .data = (void *)(intptr_t)fd};
    hsearch(entry, ENTER);
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
    int length = snprintf(command, sizeof command, "*2\r\n$9\r\nSUBSCRIBE\r\n$%zu\r\n%s\r\n",
                          strlen(channel), channel);
    if (write(fd, HEAD, sizeof HEAD - 1) < 0 || write(valkey, command, length) < 0) stopped = 1;
}

static void note_age(const char *payload) {
    const char *stamp = strstr(payload, "\"t\":");
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (stamp && heard < MOST_HEARD)
        heard_us[heard++] =
            (now.tv_sec * 1000000000ull + now.tv_nsec - strtoull(stamp + 4, NULL, 10)) / 1000;
}

static void deliver(char *channel, char *payload, size_t length) {
    char frame[8192];
    ENTRY wanted = {.key = channel}, *found = hsearch(wanted, FIND);
    if (!found || length > 8000) return;
    note_age(payload);
    char *id = payload + sizeof "{\"id\":\"" - 1;
    int id_length = strcspn(id, "\"");
    int size = sprintf(frame, "%zx\r\nid: %.*s\ndata: %s\n\n\r\n",
                       length + id_length + sizeof "id: \ndata: \n\n" - 1, id_length, id, payload);
    /* What a client does not take is lost to it. */
    if (write((intptr_t)found->data, frame, size) < 0) return;
    written[(intptr_t)found->data] = second;
}

/* A second has passed. */
static void beat(int timer) {
    uint64_t passed;
    if (read(timer, &passed, sizeof passed) < 0) return;
    second++;
    for (int fd = 0; fd < MOST_STREAMS; fd++)
        if (written[fd] && second - written[fd] >= SILENT_S &&
            write(fd, BEAT, sizeof BEAT - 1) > 0)
            written[fd] = second;
}

/* The bulk string at `at`, ended by NUL; NULL when it is not all here. Moves `at` behind it. */
static char *bulk(char **at, size_t *length) {
    char *line = memchr(*at, '\n', in + filled - *at);
    if (!line) return NULL;
    *length = strtoul(*at + 1, NULL, 10);
    char *bytes = line + 1;
    if (bytes + *length + 2 > in + filled) return NULL;
    bytes[*length] = 0;
    *at = bytes + *length + 2;
    return bytes;
}

/* One reply of three parts; returns what follows it, NULL when it is not all here. */
static char *reply(char *at) {
    char *kind, *channel, *payload;
    size_t length;
    if (at + 4 > in + filled) return NULL;
    at += 4; /* *3\r\n */
    if (!(kind = bulk(&at, &length)) || !(channel = bulk(&at, &length))) return NULL;
    if (*kind == 's') {
        char *end = memchr(at, '\n', in + filled - at);
        return end ? end + 1 : NULL;
    }
    if (!(payload = bulk(&at, &length))) return NULL;
    deliver(channel, payload, length);
    return at;
}

static void hear(int valkey) {
    ssize_t got = read(valkey, in + filled, sizeof in - filled - 1);
    if (got <= 0) { stopped = 1; return; }
    filled += got;
    char *at = in, *next;
    while (at < in + filled && (next = reply(at))) at = next;
    filled -= at - in;
    memmove(in, at, filled);
}

static int ascending(const void *one, const void *other) {
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

int main(int argc, char **argv) {
    if (argc != 4) {
        fputs("usage: bare_relay PORT VALKEY_PORT CHANNEL_WITH_%s\n", stderr);
        return 2;
    }
    int listener = endpoint(atoi(argv[1]), 1), valkey = endpoint(atoi(argv[2]), 0);
    int epoll = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec every_second = {.it_interval.tv_sec = 1, .it_value.tv_sec = 1};
    struct rlimit files;
    struct epoll_event events[512];
    hcreate(2 * MOST_STREAMS);
    signal(SIGTERM, stop);
    signal(SIGPIPE, SIG_IGN);
    watch(epoll, listener);
    watch(epoll, valkey);
    watch(epoll, timer);
    timerfd_settime(timer, 0, &every_second, NULL);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    while (!stopped) {
        int count = epoll_wait(epoll, events, 512, -1);
        for (int i = 0; i < count; i++) {
            int fd = events[i].data.fd;
            if (fd == valkey) hear(valkey);
            else if (fd == timer) beat(timer);
            else if (fd == listener) watch(epoll, accept(listener, NULL, NULL));
            else open_stream(epoll, fd, valkey, argv[3]);
        }
    }
    qsort(heard_us, heard, sizeof *heard_us, ascending);
    if (heard)
        printf("{\"heard\":%zu,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", heard,
               heard_us[heard / 2] / 1e3, heard_us[heard * 99 / 100] / 1e3);
    return 0;
}
