/* SPDX-License-Identifier: EUPL-1.2 */
/* Whom we do not talk to: this machine, by whichever of its addresses, and addresses of one link,
 * among them the metadata services of clouds. */
#include "hooks/hook.h"

#include <ifaddrs.h>
#include <netinet/in.h>

/* The four bytes of an IPv4 address, also of one inside IPv6; or NULL. */
static const unsigned char *four_of(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET)
        return (const unsigned char *)&((const struct sockaddr_in *)(const void *)address)
            ->sin_addr;
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return IN6_IS_ADDR_V4MAPPED(six) ? six->s6_addr + 12 : NULL;
}

static bool same(const struct sockaddr *a, const struct sockaddr *b)
{
    const unsigned char *x = four_of(a), *y = four_of(b);

    if (x || y)
        return x && y && memcmp(x, y, 4) == 0;
    return memcmp(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr,
                  &((const struct sockaddr_in6 *)(const void *)b)->sin6_addr,
                  sizeof(struct in6_addr)) == 0;
}

static bool is_ip(const struct sockaddr *address)
{
    return address && (address->sa_family == AF_INET || address->sa_family == AF_INET6);
}

/* A town hall behind a proxy answers on all of its machine's addresses. Unknown ones count as its
 * own. */
static bool is_own(const struct sockaddr *address)
{
    struct ifaddrs *all;
    bool own = false;

    if (getifaddrs(&all) != 0)
        return true;
    for (const struct ifaddrs *one = all; one && !own; one = one->ifa_next)
        own = is_ip(one->ifa_addr) && same(one->ifa_addr, address);
    freeifaddrs(all);
    return own;
}

bool hook_address_local(const struct sockaddr *address)
{
    if (!is_ip(address))
        return true;
    const unsigned char *four = four_of(address);
    if (four)
        return four[0] == 127 || four[0] == 0 || (four[0] == 169 && four[1] == 254) ||
               is_own(address);
    const struct in6_addr *six = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(six) || IN6_IS_ADDR_LINKLOCAL(six) ||
           IN6_IS_ADDR_UNSPECIFIED(six) || is_own(address);
}
