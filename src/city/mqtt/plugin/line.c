/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/plugin/plugin.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

enum { ANSWER_SECONDS = 10, SECRET_MAX = 64, ENDS_MAX = 1024 };

static char secret[SECRET_MAX + 1];
/* That came while an answer was waited for, in their order: Rathaus counts them. */
static uint32_t ends[ENDS_MAX];
static size_t ends_from, ends_to;

typedef struct Packet {
    MqttFrame frame;
    char text[MQTT_FRAME_TEXT_MAX];
} Packet;

/* False: nothing came, or nothing that is a frame. */
static bool receive(Packet *packet, int flags)
{
    ssize_t got;

    do
        got = recv(MQTT_LINE_FD, packet, sizeof *packet, flags);
    while (got < 0 && errno == EINTR);
    return got >= (ssize_t)sizeof packet->frame &&
           (uint64_t)packet->frame.first + packet->frame.second ==
               (size_t)got - sizeof packet->frame;
}

bool line_begin(void)
{
    struct timeval patience = {.tv_sec = ANSWER_SECONDS};
    Packet packet;

    if (setsockopt(MQTT_LINE_FD, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(MQTT_LINE_FD, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        !receive(&packet, 0) || packet.frame.kind != MQTT_SECRET || packet.frame.first > SECRET_MAX)
        return false;
    memcpy(secret, packet.text, packet.frame.first);
    return secret[0] != '\0';
}

bool line_is_secret(const char *password)
{
    size_t length = strlen(secret);
    unsigned char differs = 0;

    if (!password || strlen(password) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        differs |= (unsigned char)(password[i] ^ secret[i]);
    return differs == 0;
}

static void note_end(uint32_t caller)
{
    if (ends_to < ENDS_MAX)
        ends[ends_to++] = caller;
}

bool line_ask(MqttFrameKind kind, uint32_t caller, const char *first, const char *second,
              MqttFrame *answer)
{
    size_t first_size = first ? strlen(first) : 0, second_size = second ? strlen(second) : 0;
    static uint32_t questions;
    const uint32_t number = ++questions;
    Packet packet = {.frame = {.kind = kind, .caller = caller, .number = number}};

    if (first_size > MQTT_FRAME_TEXT_MAX || second_size > MQTT_FRAME_TEXT_MAX - first_size)
        return false;
    packet.frame.first = (uint32_t)first_size;
    packet.frame.second = (uint32_t)second_size;
    memcpy(packet.text, first ? first : "", first_size);
    memcpy(packet.text + first_size, second ? second : "", second_size);
    if (send(MQTT_LINE_FD, &packet, sizeof packet.frame + first_size + second_size, MSG_NOSIGNAL) <
        0)
        return false;
    if (!answer)
        return true;
    for (;;) {
        if (!receive(&packet, 0))
            return false;
        if (packet.frame.kind == MQTT_END)
            note_end(packet.frame.caller);
        else if (packet.frame.kind == MQTT_ANSWER && packet.frame.number == number)
            break;
    }
    *answer = packet.frame;
    return true;
}

bool line_next_end(uint32_t *caller)
{
    Packet packet;

    if (ends_from < ends_to) {
        *caller = ends[ends_from++];
        return true;
    }
    ends_from = ends_to = 0;
    do /* an answer that nobody waits for any more is passed over */
        if (!receive(&packet, MSG_DONTWAIT))
            return false;
    while (packet.frame.kind != MQTT_END);
    *caller = packet.frame.caller;
    return true;
}
