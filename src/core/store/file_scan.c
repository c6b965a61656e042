/* SPDX-License-Identifier: EUPL-1.2 */
/* Virus scan by clamd: zINSTREAM, the bytes in pieces with their length before each, an empty
 * piece, one line of answer (clamd(8)). */
#include "core/log.h"
#include "core/page/out.h"
#include "core/store/file_internal.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { TIMEOUT_S = 60, CONNECT_TIMEOUT_S = 5, PIECE = 64 * 1024 };

static bool set_timeout(int fd, int seconds)
{
    struct timeval time = {.tv_sec = seconds};

    return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) == 0 &&
           setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0;
}

static int connect_to(int family, const struct sockaddr *address, socklen_t size)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    /* Linux: the send timeout bounds connect() too. */
    if (set_timeout(fd, CONNECT_TIMEOUT_S) && connect(fd, address, size) == 0 &&
        set_timeout(fd, TIMEOUT_S))
        return fd;
    int code = errno;
    close(fd);
    errno = code;
    return -1;
}

static int connect_unix(Str path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (path.len >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path.ptr, path.len);
    return connect_to(AF_UNIX, (const struct sockaddr *)&address, sizeof address);
}

static int connect_tcp(Str host, Str port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char host_text[256], port_text[16];
    int fd = -1;

    if (str_starts_with(host, "[") && str_ends_with(host, "]"))
        host = str_slice(host, 1, host.len - 1);
    snprintf(host_text, sizeof host_text, "%.*s", STR_ARG(host));
    snprintf(port_text, sizeof port_text, "%.*s", STR_ARG(port));
    errno = EHOSTUNREACH;
    if (getaddrinfo(host_text, port_text, &hints, &found) != 0)
        return -1;
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next)
        fd = connect_to(at->ai_family, at->ai_addr, at->ai_addrlen);
    freeaddrinfo(found);
    return fd;
}

static int connect_clamd(Str address)
{
    size_t colon = address.len;

    if (str_starts_with(address, "unix:"))
        return connect_unix(str_slice(address, 5, address.len));
    while (colon > 4 && address.ptr[colon - 1] != ':')
        colon--;
    return connect_tcp(str_slice(address, 4, colon - 1), str_slice(address, colon, address.len));
}

static bool send_all(int fd, const void *bytes, size_t size)
{
    const char *at = bytes;

    while (size > 0) {
        ssize_t sent = send(fd, at, size, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool send_stream(int fd, Str bytes)
{
    uint32_t length;

    if (!send_all(fd, "zINSTREAM", sizeof "zINSTREAM"))
        return false;
    for (size_t at = 0; at < bytes.len; at += PIECE) {
        size_t size = bytes.len - at < PIECE ? bytes.len - at : PIECE;
        length = htonl((uint32_t)size);
        if (!send_all(fd, &length, sizeof length) || !send_all(fd, bytes.ptr + at, size))
            return false;
    }
    length = 0;
    return send_all(fd, &length, sizeof length);
}

/* The answer up to its zero byte. */
static bool receive_line(int fd, char *out, size_t size)
{
    size_t have = 0;

    while (have + 1 < size) {
        ssize_t got = recv(fd, out + have, size - 1 - have, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        have += (size_t)got;
        if (memchr(out, '\0', have))
            return true;
    }
    out[have] = '\0';
    return have > 0;
}

static bool no_answer(Str address, const char *why, Err *err)
{
    log_line(LOG_ERROR,
             "the virus scanner at %.*s does not answer (%s); uploads are refused until it "
             "does. Start clamd or remove files.clamd from tenant.yaml",
             STR_ARG(address), why);
    return err_set(
        err, ERR_TEMPORARY,
        "Die Virenprüfung ist gerade nicht erreichbar. Bitte versuchen Sie es in einigen "
        "Minuten noch einmal.");
}

bool file_scan(Str address, Str bytes, Str what, Str lang, Err *err)
{
    char answer[512] = "";
    int fd = connect_clamd(address);

    if (fd < 0)
        return no_answer(address, strerror(errno), err);
    /* A scanner that has seen enough answers and closes before everything was sent. */
    bool sent = send_stream(fd, bytes);
    bool answered = receive_line(fd, answer, sizeof answer);
    close(fd);
    Str line = str_trim(str_c(answer));
    if (str_ends_with(line, " FOUND")) {
        Str virus = str_starts_with(line, "stream: ") ? str_slice(line, 8, line.len - 6) : line;
        return err_set_in(
            err, ERR_INPUT, lang,
            "„%.*s“ enthält Schadsoftware (%.*s) und wurde nicht angenommen. Bitte prüfen "
            "Sie Ihr Gerät mit einem Virenschutz.",
            STR_ARG(what), STR_ARG(virus));
    }
    if (sent && answered && str_ends_with(line, "OK"))
        return true;
    return no_answer(address, answered ? answer : "the connection broke", err);
}
