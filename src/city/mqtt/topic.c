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

/* What every update is asked and told: nothing that takes longer the more there is. */
enum {
    INSIDE = 1u << STA_OPTION_SELECT | 1u << STA_OPTION_EXPAND,
    TAKEN = INSIDE | 1u << STA_OPTION_FILTER
};

static bool filters_ones(const StaFilter *filter)
{
    for (size_t i = 1; filter && i < filter->slot_count; i++)
        if (filter->slots[i].relation->many)
            return false;
    return true;
}

static bool expands_ones(const StaOptions *options)
{
    for (size_t i = 0; i < options->expands.count; i++) {
        const StaExpand *expand = &options->expands.items[i];
        if (expand->relation->many || expand->options->given & ~(unsigned)INSIDE ||
            !expands_ones(expand->options))
            return false;
    }
    return true;
}

static bool check_options(const StaOptions *options, Err *err)
{
    if (options->given & ~(unsigned)TAKEN || options->select.distinct)
        return err_set(err, ERR_UNSUPPORTED, "a subscription takes $select, $filter and $expand");
    return (filters_ones(options->filter) && expands_ones(options)) ||
           err_set(err, ERR_UNSUPPORTED,
                   "a subscription asks and expands what an entity has one of: "
                   "$filter=Datastream/name eq 'x', $expand=FeatureOfInterest");
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
    out->options = sta_options_parse(arena, path->entity, path->kind == STA_AT_SET,
                                     out->topic.options.ptr ? out->topic.options : STR(""), err);
    return out->options && check_options(out->options, err);
}
