/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/gate.h"

#include "core/log.h"

#include <errno.h>
#include <sys/socket.h>

static void tell(MqttCallers *callers, Str town, const char *what, Str topic, const Err *err)
{
    bool last;

    if (!mqtt_callers_may_log(callers, town, &last))
        return;
    log_line(LOG_WARNING, "mqtt: %.*s%srefused %s%.*s: %s%s", STR_ARG(town), town.len ? ": " : "",
             what, STR_ARG(str_slice(topic, 0, 100)), err->message,
             last ? "; no more of this town in this minute" : "");
}

static void tell_subscription(MqttCallers *callers, uint32_t caller, Str topic, const Err *err)
{
    MqttWho *who = mqtt_callers_take(callers, caller);

    tell(callers, who && who->tenant.ptr ? who->tenant : STR(""), "a subscription to ", topic, err);
    mqtt_who_release(who);
}

bool mqtt_frame_read(Str bytes, MqttFrame *frame, Str *first, Str *second)
{
    if (bytes.len < sizeof *frame)
        return false;
    memcpy(frame, bytes.ptr, sizeof *frame);
    if ((uint64_t)frame->first + frame->second != bytes.len - sizeof *frame)
        return false;
    *first = str_slice(bytes, sizeof *frame, sizeof *frame + frame->first);
    *second = str_slice(bytes, sizeof *frame + frame->first, bytes.len);
    return true;
}

static MqttLater later(const Err *err)
{
    switch (err->kind) {
    case ERR_TEMPORARY: return MQTT_LATER_SOON;
    case ERR_TOO_LARGE:
    case ERR_TOO_MANY:
    case ERR_INTERNAL: return MQTT_LATER_SOMETIME;
    default: return MQTT_LATER_NEVER;
    }
}

bool mqtt_gate_answer(MqttCallers *callers, MqttWants *wants, Str bytes, MqttFrame *answer)
{
    MqttFrame frame;
    bool writes = false;
    Str first, second, town;
    Err err = {0};

    if (!mqtt_frame_read(bytes, &frame, &first, &second))
        return false;
    *answer = (MqttFrame){.kind = MQTT_ANSWER, .caller = frame.caller, .number = frame.number};
    switch (frame.kind) {
    case MQTT_WHO:
        town = mqtt_callers_town(callers, first);
        answer->ok = mqtt_callers_come(callers, first, second, &answer->caller, &writes, &err);
        answer->writes = writes;
        answer->later = later(&err);
        if (!answer->ok && answer->later != MQTT_LATER_SOON)
            tell(callers, town.ptr ? town : STR(""), "a connection", STR(""), &err);
        return true;
    case MQTT_SUBSCRIBE:
        answer->ok = mqtt_wants_add(wants, frame.caller, first, &err);
        if (!answer->ok)
            tell_subscription(callers, frame.caller, first, &err);
        return true;
    case MQTT_UNSUBSCRIBE: mqtt_wants_remove(wants, frame.caller, first); return false;
    case MQTT_LEFT: mqtt_callers_leave(callers, frame.caller); return false;
    default: return false;
    }
}

static bool send_frame(int line, const MqttFrame *frame, Str text)
{
    char bytes[sizeof *frame + MQTT_FRAME_TEXT_MAX];

    memcpy(bytes, frame, sizeof *frame);
    memcpy(bytes + sizeof *frame, text.ptr, text.len);
    return send(line, bytes, sizeof *frame + text.len, MSG_NOSIGNAL) >= 0;
}

bool mqtt_gate_begin(int line, Str secret)
{
    MqttFrame frame = {.kind = MQTT_SECRET, .first = (uint32_t)secret.len};

    return send_frame(line, &frame, secret);
}

void mqtt_gate_end(int line, uint32_t caller)
{
    MqttFrame frame = {.kind = MQTT_END, .caller = caller};

    send_frame(line, &frame, STR(""));
}

void mqtt_gate_serve(int line, MqttCallers *callers, MqttWants *wants)
{
    char bytes[sizeof(MqttFrame) + MQTT_FRAME_TEXT_MAX];
    MqttFrame answer;

    for (;;) {
        ssize_t got = recv(line, bytes, sizeof bytes, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return;
        if (mqtt_gate_answer(callers, wants, (Str){bytes, (size_t)got}, &answer))
            send_frame(line, &answer, STR(""));
    }
}
