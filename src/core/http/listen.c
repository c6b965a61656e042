/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/http/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on(const struct addrinfo *address)
{
    int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    /* Wake a thread when data is there, not for the bare connection. */
    int seconds = 5;
    setsockopt(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &seconds, sizeof seconds);
    if (bind(fd, address->ai_addr, address->ai_addrlen) == 0 && listen(fd, 1024) == 0)
        return fd;
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static bool listen_split(Arena *arena, Str listen, char **host, char **port)
{
    size_t colon = listen.len;

    while (colon > 0 && listen.ptr[colon - 1] != ':')
        colon--;
    if (colon == 0)
        return false;
    Str name = str_slice(listen, 0, colon - 1);
    if (name.len >= 2 && name.ptr[0] == '[' && name.ptr[name.len - 1] == ']')
        name = str_slice(name, 1, name.len - 1);
    *host = name.len ? str_cstr(arena, name) : NULL;
    *port = str_cstr(arena, str_slice(listen, colon, listen.len));
    return true;
}

/* getaddrinfo() would take 99999 as well and listen somewhere else. */
static bool port_valid(const char *port)
{
    int64_t number;

    return port[0] >= '0' && port[0] <= '9' && str_to_i64(str_c(port), &number) && number <= 65535;
}

/* What it says, and the port; NULL with a message. freeaddrinfo() is the caller's. */
static struct addrinfo *resolve(Arena *arena, const char *flag, const char *listen, char **port,
                                Err *err)
{
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *addresses = NULL;
    char *host;

    bool parted = listen_split(arena, str_c(listen), &host, port);
    if (parted && !port_valid(*port))
        err_set(err, ERR_INPUT, "%s %s: the port is a number from 0 (any free one) to 65535", flag,
                listen);
    else if (!parted || getaddrinfo(host, *port, &hints, &addresses) != 0)
        err_set(err, ERR_INPUT, "%s %s is no address: write ADDRESS:PORT, e.g. 127.0.0.1:8080",
                flag, listen);
    return addresses;
}

bool listen_check(const char *flag, const char *listen, Err *err)
{
    Arena *arena = arena_create(0);
    char *port;
    struct addrinfo *addresses = resolve(arena, flag, listen, &port, err);

    if (addresses)
        freeaddrinfo(addresses);
    arena_destroy(arena);
    return addresses != NULL;
}

int listen_open(Arena *arena, const char *flag, const char *listen, Err *err)
{
    char *port;
    struct addrinfo *addresses = resolve(arena, flag, listen, &port, err);

    if (!addresses)
        return -1;
    int fd = listen_on(addresses);
    int why = errno;
    freeaddrinfo(addresses);
    if (fd < 0 && why == EADDRINUSE)
        err_set(err, ERR_CONFLICT,
                "port %s is in use by another program: stop that one, or choose another port, "
                "e.g. %s 127.0.0.1:8081",
                port, flag);
    else if (fd < 0 && why == EACCES)
        err_set(err, ERR_FORBIDDEN,
                "port %s needs more rights than this user has: choose a port above 1023", port);
    else if (fd < 0)
        err_set(err, ERR_INPUT, "cannot listen on %s: %s", listen, strerror(why));
    return fd;
}

Str listen_address(Arena *arena, int fd)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];

    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0 ||
        getnameinfo((struct sockaddr *)&address, size, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return STR("");
    return str_printf(arena, address.ss_family == AF_INET6 ? "http://[%s]:%s" : "http://%s:%s",
                      host, port);
}
