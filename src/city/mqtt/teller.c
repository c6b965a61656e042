/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/teller.h"

#include "city/mqtt/wire.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATIENCE_SECONDS = 10, CONNECT = 0x10, CONNACK = 0x20, PUBLISH_QOS1 = 0x32 };

static void add_text(Buf *out, Str text)
{
    buf_add_char(out, (char)(text.len >> 8));
    buf_add_char(out, (char)text.len);
    buf_add(out, text);
}

/* The kind, and how much follows, in seven bits a byte. */
static void add_head(Buf *out, int kind, size_t length)
{
    buf_add_char(out, (char)kind);
    do {
        buf_add_char(out, (char)((length & 127) | (length > 127 ? 128 : 0)));
        length >>= 7;
    } while (length);
}

static bool send_all(MqttTeller *teller, Buf *out)
{
    for (size_t sent = 0; sent < out->len;) {
        ssize_t more = send(teller->fd, out->ptr + sent, out->len - sent, MSG_NOSIGNAL);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0) {
            mqtt_teller_close(teller);
            return false;
        }
        sent += (size_t)more;
    }
    return true;
}

/* Acknowledgements say nothing new: what a subscriber is told, it is told once. */
bool mqtt_teller_lives(MqttTeller *teller)
{
    char bytes[4096];
    ssize_t got = teller->fd >= 0 ? 1 : 0;

    while (got > 0)
        got = recv(teller->fd, bytes, sizeof bytes, MSG_DONTWAIT);
    if (teller->fd >= 0 && (got == 0 || (errno != EAGAIN && errno != EINTR)))
        mqtt_teller_close(teller);
    return teller->fd >= 0;
}

static bool open_socket(MqttTeller *teller)
{
    struct sockaddr_un broker = {.sun_family = AF_UNIX};
    struct timeval patience = {.tv_sec = PATIENCE_SECONDS};

    memcpy(broker.sun_path, teller->socket, strlen(teller->socket) + 1);
    teller->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (teller->fd < 0)
        return false;
    setsockopt(teller->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(teller->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(teller->fd, (const struct sockaddr *)&broker, sizeof broker) == 0)
        return true;
    mqtt_teller_close(teller);
    return false;
}

bool mqtt_teller_connect(MqttTeller *teller)
{
    static const char CLEAN_WITH_NAME_AND_PASSWORD = (char)0xc2;
    Arena *arena = arena_create(0);
    Buf body = buf_in(arena), out = buf_in(arena);
    unsigned char answer[4] = {0};

    add_text(&body, STR("MQTT"));
    buf_add_char(&body, 4); /* 3.1.1 */
    buf_add_char(&body, CLEAN_WITH_NAME_AND_PASSWORD);
    buf_add(&body, (Str){"\0\0", 2}); /* stays as long as it likes */
    add_text(&body, str_c(teller->name));
    add_text(&body, STR(MQTT_TELLER));
    add_text(&body, str_c(teller->password));
    add_head(&out, CONNECT, body.len);
    buf_add(&out, buf_str(&body));
    bool ok = open_socket(teller) && send_all(teller, &out);
    if (ok && (recv(teller->fd, answer, sizeof answer, MSG_WAITALL) != sizeof answer ||
               answer[0] != CONNACK || answer[3] != 0)) {
        mqtt_teller_close(teller);
        ok = false;
    }
    arena_destroy(arena);
    return ok;
}

bool mqtt_teller_publish(MqttTeller *teller, Str callers, Str topic, Str payload)
{
    Arena *arena = arena_create(payload.len + callers.len + topic.len + 64);
    Buf out = buf_in(arena);
    size_t to = callers.len + 1 + topic.len;

    teller->number = teller->number == UINT16_MAX ? 1 : (uint16_t)(teller->number + 1);
    add_head(&out, PUBLISH_QOS1, 2 + to + 2 + payload.len);
    buf_add_char(&out, (char)(to >> 8));
    buf_add_char(&out, (char)to);
    buf_add(&out, callers);
    buf_add_char(&out, ' ');
    buf_add(&out, topic);
    buf_add_char(&out, (char)(teller->number >> 8));
    buf_add_char(&out, (char)teller->number);
    buf_add(&out, payload);
    bool ok = mqtt_teller_lives(teller) && send_all(teller, &out);
    arena_destroy(arena);
    return ok;
}

void mqtt_teller_close(MqttTeller *teller)
{
    if (teller->fd >= 0)
        close(teller->fd);
    teller->fd = -1;
}
