/* publisher.c: an open-loop publisher of events, cheap enough to share a core with what it feeds.
 *
 * Event k is due k / rate seconds after the start and goes to stream k % n. Commands are written as
 * they fall due, once per tick, without waiting for replies; replies are read and counted. Over
 * RESP a command is the words after `--`; over HTTP it is a POST of the last word to the path
 * before it. With --join G the last word is repeated, so that one command carries the G events
 * of a stream that fell due since its last command; each keeps the time at which it was due.
 *
 * Build: gcc -O2 -Wall -o publisher publisher.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char *HELP =
    "publisher: write events at a steady rate over one pipelined connection\n"
    "  --port P      of the server on 127.0.0.1\n"
    "  --ids FILE    names of the streams, one a line\n"
    "  --rate R      events per second, all streams together\n"
    "  --secs S      how long\n"
    "  --base L      how many events each stream has already ({l} counts on from there)\n"
    "  --join G      events of a stream that go in one command (1)\n"
    "  --tick-us U   pause between two looks at what is due (1000)\n"
    "  --http 1      POST instead of RESP\n"
    "  -- WORD...    {i} name, {s} number from 1, {t} CLOCK_MONOTONIC ns, {l} length before\n";

#define OUT_BYTES (8u << 20)
#define WORD_BYTES 4096
#define MOST_WORDS 64

static char out[OUT_BYTES], in[1 << 20];
static size_t filled, written;
static char **ids, **words;
static int n, word_count, http, lines_bad, at_line_start = 1;
static uint64_t replies, errors, base;

static uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static size_t digits(char *to, uint64_t value) {
    char reversed[20];
    size_t count = 0;
    do reversed[count++] = '0' + value % 10; while (value /= 10);
    for (size_t i = 0; i < count; i++) to[i] = reversed[count - 1 - i];
    return count;
}

/* A word with its placeholders filled in; returns its length. */
static size_t fill(char *to, const char *word, const char *id, uint64_t number, uint64_t t) {
    char *start = to;
    while (*word) {
        if (word[0] == '{' && word[1] && word[2] == '}') {
            char which = word[1];
            word += 3;
            if (which == 'i') to = stpcpy(to, id);
            else if (which == 's') to += digits(to, number);
            else if (which == 't') to += digits(to, t);
            else if (which == 'l') to += digits(to, base + number - 1);
            continue;
        }
        *to++ = *word++;
    }
    return to - start;
}

static void put(const char *bytes, size_t length) {
    memcpy(out + filled, bytes, length);
    filled += length;
}

static void put_bulk(const char *word, const char *id, uint64_t number, uint64_t t) {
    char made[WORD_BYTES];
    size_t length = fill(made, word, id, number, t);
    out[filled++] = '$';
    filled += digits(out + filled, length);
    put("\r\n", 2);
    put(made, length);
    put("\r\n", 2);
}

/* One command: `count` events of a stream, the first of which has this number. */
static void put_command(const char *id, uint64_t number, int count, uint64_t t, uint64_t apart) {
    if (http) {
        char path[512], made[WORD_BYTES];
        path[fill(path, words[0], id, number, t)] = 0;
        size_t length = fill(made, words[1], id, number, t);
        filled += sprintf(out + filled,
                          "POST %s HTTP/1.1\r\nHost: bench\r\nContent-Length: %zu\r\n\r\n", path, length);
        put(made, length);
        return;
    }
    out[filled++] = '*';
    filled += digits(out + filled, word_count - 1 + count);
    put("\r\n", 2);
    for (int i = 0; i < word_count - 1; i++) put_bulk(words[i], id, number, t);
    for (int i = 0; i < count; i++)
        put_bulk(words[word_count - 1], id, number + i, t - (count - 1 - i) * apart);
}

/* Replies are judged by how their lines begin. */
static void judge(const char *bytes, ssize_t length) {
    for (ssize_t i = 0; i < length; i++) {
        if (at_line_start) {
            char c = bytes[i];
            if (http ? c == 'H' : c == '$' || c == ':' || c == '+' || c == '-') replies++;
            int bad = !http ? c == '-' || c == 'l' || c == 'f' || c == 'c'
                            : c == 'H' && i + 9 < length && bytes[i + 9] != '2';
            if (bad) {
                errors++;
                if (lines_bad++ < 3) fprintf(stderr, "reply: %.60s\n", bytes + i);
            }
        }
        at_line_start = bytes[i] == '\n';
    }
}

static void read_replies(int fd) {
    ssize_t got;
    while ((got = read(fd, in, sizeof in - 1)) > 0) {
        in[got] = 0;
        judge(in, got);
        if (got < (ssize_t)sizeof in - 1) return;
    }
    if (got == 0) {
        fprintf(stderr, "the server closed the connection\n");
        exit(1);
    }
}

static void flush(int fd) {
    while (written < filled) {
        ssize_t sent = write(fd, out + written, filled - written);
        if (sent > 0) written += sent;
        else if (errno == EAGAIN) return;
        else { perror("write"); exit(1); }
    }
    written = filled = 0;
}

static void read_ids(const char *name) {
    FILE *file = fopen(name, "r");
    char line[256];
    if (!file) { perror(name); exit(2); }
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        ids = realloc(ids, (n + 1) * sizeof *ids);
        ids[n++] = strdup(line);
    }
    fclose(file);
}

static int connected(int port) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (connect(fd, (void *)&address, sizeof address)) { perror("connect"); exit(1); }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

int main(int argc, char **argv) {
    static struct option options[] = {
        {"port", 1, 0, 'p'}, {"ids", 1, 0, 'i'}, {"rate", 1, 0, 'r'}, {"secs", 1, 0, 's'},
        {"base", 1, 0, 'b'}, {"join", 1, 0, 'j'}, {"tick-us", 1, 0, 't'}, {"http", 1, 0, 'H'},
        {"help", 0, 0, 'h'}, {0, 0, 0, 0}};
    int port = 0, join = 1, tick_us = 1000, option;
    double rate = 1, secs = 1;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) switch (option) {
        case 'p': port = atoi(optarg); break;
        case 'i': read_ids(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 's': secs = atof(optarg); break;
        case 'b': base = atoll(optarg); break;
        case 'j': join = atoi(optarg); break;
        case 't': tick_us = atoi(optarg); break;
        case 'H': http = atoi(optarg); break;
        case 'h': fputs(HELP, stdout); return 0;
        default: fputs(HELP, stderr); return 2;
    }
    words = argv + optind;
    word_count = argc - optind;
    if (!port || !n || word_count < 2 || word_count > MOST_WORDS || join < 1) {
        fputs(HELP, stderr);
        return 2;
    }
    int fd = connected(port);
    /* Command c carries `join` events of stream c % n; it is due when the last of them is. */
    double apart_ns = 1e9 / rate * join;
    uint64_t between = (uint64_t)(1e9 / rate * n), total = (uint64_t)(rate * secs / join);
    uint64_t began = now_ns(), command = 0, late_ns = 0;
    size_t room = WORD_BYTES * (size_t)(word_count + join);
    while (command < total || filled) {
        uint64_t t = now_ns(), due = (uint64_t)((t - began) / apart_ns) + 1;
        if (due > total) due = total;
        for (; command < due && filled + room < OUT_BYTES; command++) {
            t = now_ns();
            uint64_t wanted = began + (uint64_t)(command * apart_ns);
            if (t > wanted && t - wanted > late_ns) late_ns = t - wanted;
            put_command(ids[command % n], command / n * join + 1, join, t, between);
        }
        flush(fd);
        read_replies(fd);
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (filled) poll(&ready, 1, 1);
        else usleep(tick_us);
    }
    double took = (now_ns() - began) / 1e9;
    for (int i = 0; i < 50 && replies < command; i++) {
        usleep(20000);
        ssize_t got = read(fd, in, sizeof in - 1);
        if (got > 0) judge(in, got);
    }
    printf("{\"sent\":%lu,\"secs\":%.3f,\"per_s\":%.1f,\"late_ms\":%.2f,\"errors\":%lu}\n",
           command * join, took, command * join / took, late_ns / 1e6, errors);
    return 0;
}
