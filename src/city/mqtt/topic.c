/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/topic.h"

static const char VERSION[] = "v1.1/";

/* Take "t/NAME/" off the text. */
static Str take_named(Str *text, const char *prefix)
{
    if (!str_starts_with(*text, prefix))
        return STR_NONE;
    *text = str_slice(*text, strlen(prefix), text->len);
    Str name = str_cut(text, '/');
    return name.ptr ? name : STR("");
}

bool mqtt_topic_parse(Str text, MqttTopic *out, Err *err)
{
    Str whole = text;

    *out = (MqttTopic){.tenant = take_named(&text, "t/")};
    out->dataset = take_named(&text, "datasets/");
    if ((out->tenant.ptr && str_empty(out->tenant)) ||
        (out->dataset.ptr && str_empty(out->dataset)) || !str_starts_with(text, VERSION))
        return err_set(err, ERR_INPUT,
                       "the topic \"%.*s\" does not begin with v1.1/, datasets/NAME/v1.1/ or "
                       "t/TOWN/v1.1/",
                       STR_ARG(str_slice(whole, 0, 80)));
    Str rest = str_slice(text, sizeof VERSION - 2, text.len);
    out->rest = str_cut(&rest, '?');
    out->options = rest;
    return true;
}

/* $select alone: what does not match a filter, or comes on another page, would be told or not told
 * without anybody knowing why. */
static bool only_selects(const StaOptions *options, Err *err)
{
    return options->given == 0 ||
           (options->given == 1u << STA_OPTION_SELECT && !options->select.distinct) ||
           err_set(err, ERR_UNSUPPORTED, "a subscription takes $select and nothing else");
}

bool mqtt_wanted_parse(Arena *arena, Str text, MqttWanted *out, Err *err)
{
    *out = (MqttWanted){0};
    if (str_find_char(text, '#') >= 0 || str_find_char(text, '+') >= 0)
        return err_set(err, ERR_INPUT,
                       "there are no wildcards: subscribe to a set, such as v1.1/Observations");
    if (!mqtt_topic_parse(text, &out->topic, err) ||
        !sta_path_parse(arena, out->topic.rest, &out->path, err))
        return false;
    const StaPath *path = &out->path;
    if (path->kind == STA_AT_ROOT || path->links || path->value || path->steps.count)
        return err_set(err, ERR_INPUT,
                       "a subscription is to a set, an entity or a property of one: "
                       "v1.1/Things, v1.1/Things(1), v1.1/Things(1)/name");
    if (path->kind == STA_AT_PROPERTY && out->topic.options.ptr)
        return err_set(err, ERR_INPUT, "a property takes no options");
    out->options = sta_options_parse(arena, path->entity, false,
                                     out->topic.options.ptr ? out->topic.options : STR(""), err);
    return out->options && only_selects(out->options, err);
}
