/* SPDX-License-Identifier: EUPL-1.2 */
/* What a list, a count or an export of a register is asked for, from the page's address. */
#include "base/vec.h"
#include "cases/desk_register.h"
#include "core/http/request.h"

enum { KNOWN_TOLD = 12 }; /* values named to who asked for one that is not there */

/* Written into the address and into the log as they are read. */
typedef struct Reader {
    Request *req;
    const DeskRegister *reg;
    RegisterAsked *out;
    Buf address, words;
} Reader;

static void tell(Reader *reader, const char *name, Str value)
{
    buf_addf(&reader->address, "%s%s=%s", reader->address.len ? "&" : "", name,
             url_part(reader->req->arena, value));
}

static void say(Reader *reader, Str label, Str value)
{
    buf_addf(&reader->words, "%s%.*s: %.*s", reader->words.len ? "; " : "", STR_ARG(label),
             STR_ARG(value));
}

static bool read_day(Reader *reader, const char *name, Date *out, Str *iso)
{
    Str text = str_trim(request_query(reader->req, name));

    if (text.len == 0)
        return false;
    if (!date_parse_iso(text, out) && !date_parse_german(text, out)) {
        reader->out->problem =
            str_printf(reader->req->arena, "„%.*s“ ist kein Tag. Schreiben Sie ihn so: 3.3.2027.",
                       STR_ARG(text));
        return false;
    }
    *iso = date_iso(reader->req->arena, *out);
    tell(reader, name, *iso);
    return true;
}

/* One day alone is about today's knowledge, or about today. */
static void read_days(Reader *reader)
{
    RegisterAsked *out = reader->out;
    Arena *arena = reader->req->arena;
    Date known = reader->req->today;
    bool valid = read_day(reader, "gilt", &out->query.valid_on, &out->valid_on);
    bool knows = read_day(reader, "bekannt", &known, &out->known_on);

    if (!valid && !knows)
        return;
    out->query.at = true;
    if (!valid)
        out->query.valid_on = reader->req->today;
    out->query.known_at = register_known_on(known);
    out->valid_on = date_iso(arena, out->query.valid_on);
    out->known_on = date_iso(arena, known);
    say(reader, STR("Gültig am"), date_long(arena, out->query.valid_on, STR("de")));
    say(reader, STR("Wie bekannt am"), date_long(arena, known, STR("de")));
}

static void add_filter(Reader *reader, Str field, Str from, Str to)
{
    RegisterQuery *query = &reader->out->query;

    if (query->filter_count < REGISTER_FILTERS)
        query->filters[query->filter_count++] = (RegisterFilter){field, from, to};
    reader->out->active++;
}

/* A list that passed it over would look like the one that was asked for. */
void desk_register_no_such(Arena *arena, Str label, Str asked, const OptionView *options,
                           size_t count, RegisterAsked *out)
{
    Buf known = buf_in(arena);
    size_t told = 0, more = 0;

    for (size_t i = 0; i < count; i++)
        if (options[i].value.len && ++told > KNOWN_TOLD)
            more++;
        else if (options[i].value.len)
            buf_addf(&known, "%s%.*s", known.len ? ", " : "", STR_ARG(options[i].value));
    if (more)
        buf_addf(&known, " und %zu weitere", more);
    out->problem = str_printf(
        arena,
        "%.*s: „%.*s“ gibt es nicht, danach wird nicht gefiltert, sortiert oder gezählt. "
        "Es gibt: %.*s.",
        STR_ARG(label), STR_ARG(asked), STR_ARG(buf_str(&known)));
}

static void read_choice(Reader *reader, const FormField *field, FilterView *view)
{
    Arena *arena = reader->req->arena;
    bool yes_no = field->type == FIELD_YES_NO;
    Str asked = request_query(reader->req, str_cstr(arena, view->name));
    static const Option YES_NO[] = {{.value = {"ja", 2}}, {.value = {"nein", 4}}};
    const Option *options = yes_no ? YES_NO : field->options;

    bool found = false;

    view->kind = yes_no ? FILTER_YES_NO : FILTER_CHOICE;
    view->option_count = yes_no ? 2 : field->option_count;
    view->options = arena_array(arena, OptionView, view->option_count);
    for (size_t i = 0; i < view->option_count; i++) {
        OptionView *option = &view->options[i];

        *option =
            (OptionView){.value = options[i].value,
                         .label = yes_no ? options[i].value : text_in(options[i].label, STR("de")),
                         .selected = asked.len && str_eq(asked, options[i].value)};
        if (!option->selected)
            continue;
        Str text = !yes_no ? asked : i == 0 ? STR("true") : STR("false");

        add_filter(reader, field->id, text, text);
        tell(reader, str_cstr(arena, view->name), asked);
        say(reader, view->label, option->label);
        found = true;
    }
    if (asked.len && !found)
        desk_register_no_such(arena, view->label, asked, view->options, view->option_count,
                              reader->out);
}

static void read_range(Reader *reader, const FormField *field, FilterView *view)
{
    Arena *arena = reader->req->arena;
    Date from, to;
    bool lower =
        read_day(reader, arena_printf(arena, "%.*s_von", STR_ARG(view->name)), &from, &view->from);
    bool upper =
        read_day(reader, arena_printf(arena, "%.*s_bis", STR_ARG(view->name)), &to, &view->to);

    view->kind = FILTER_DATE;
    if (!lower && !upper)
        return;
    add_filter(reader, field->id, lower ? view->from : STR_NONE, upper ? view->to : STR_NONE);
    say(reader, view->label,
        str_printf(arena, "%s%.*s%s%.*s", lower ? "ab " : "",
                   STR_ARG(lower ? date_long(arena, from, STR("de")) : STR("")),
                   upper ? " bis " : "",
                   STR_ARG(upper ? date_long(arena, to, STR("de")) : STR(""))));
}

static void read_filters(Reader *reader)
{
    const RegisterSpec *spec = reader->reg->spec;
    Arena *arena = reader->req->arena;

    reader->out->filters = arena_array(arena, FilterView, spec->field_count);
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        FilterView view = {.label = desk_register_label(field),
                           .name = str_printf(arena, "f_%.*s", STR_ARG(field->id))};

        if (!desk_register_shows(reader->reg, field))
            continue;
        if (field->type == FIELD_CHOICE || field->type == FIELD_YES_NO)
            read_choice(reader, field, &view);
        else if (field->type == FIELD_DATE || field->type == FIELD_PARTIAL_DATE)
            read_range(reader, field, &view);
        else
            continue;
        reader->out->filters[reader->out->filter_count++] = view;
    }
}

static bool sorts_by(const FormField *field)
{
    return field->required_always &&
           (field->type == FIELD_DATE || field->type == FIELD_TEXT || field->type == FIELD_CHOICE);
}

static void read_sort(Reader *reader)
{
    const RegisterSpec *spec = reader->reg->spec;
    RegisterAsked *out = reader->out;
    Arena *arena = reader->req->arena;
    Str asked = request_query(reader->req, "sortiert");

    out->sorts = arena_array(arena, OptionView, spec->field_count + 2);
    out->sorts[out->sort_count++] = (OptionView){.value = STR(""), .label = STR("Eintrag")};
    out->sorts[out->sort_count++] = (OptionView){
        .value = STR("neu"), .label = STR("Zuletzt geändert"), .selected = str_is(asked, "neu")};
    if (str_is(asked, "neu"))
        out->query.sort = REGISTER_NEWEST;
    for (size_t i = 0; i < spec->field_count; i++) {
        const FormField *field = spec->fields[i];
        bool chosen = asked.len && str_eq(asked, field->id);

        if (!sorts_by(field) || !desk_register_shows(reader->reg, field))
            continue;
        out->sorts[out->sort_count++] = (OptionView){
            .value = field->id, .label = desk_register_label(field), .selected = chosen};
        if (chosen) {
            out->query.sort = REGISTER_BY_FIELD;
            out->query.sort_field = field->id;
        }
    }
    if (out->query.sort != REGISTER_BY_TITLE)
        tell(reader, "sortiert", asked);
    else if (asked.len)
        desk_register_no_such(arena, STR("Sortierung"), asked, out->sorts, out->sort_count, out);
}

void desk_register_asked(Request *req, const DeskRegister *reg, RegisterAsked *out)
{
    Reader reader = {.req = req,
                     .reg = reg,
                     .out = out,
                     .address = buf_in(req->arena),
                     .words = buf_in(req->arena)};
    Str *terms = NULL;

    *out = (RegisterAsked){.query = {.register_id = reg->spec->id}};
    out->search = str_trim(request_query(req, "suche"));
    if (!out->search.ptr)
        out->search = STR("");
    out->query.term_count = search_query_terms(out->search, req->arena, &terms);
    out->query.terms = terms;
    if (out->query.term_count > REGISTER_TERMS)
        out->query.term_count = REGISTER_TERMS;
    if (out->search.len) {
        tell(&reader, "suche", out->search);
        say(&reader, STR("Suche"), out->search);
    }
    read_days(&reader);
    read_filters(&reader);
    read_sort(&reader);
    out->address = reader.address.len ? buf_str(&reader.address) : STR("");
    out->words = reader.words.len ? buf_str(&reader.words) : STR("");
}

const char *desk_register_place(const Request *req, RegisterQuery *query)
{
    Str text = request_query(req, "nach"), row = request_query(req, "zeile");
    int64_t id;

    if (!text.ptr && !row.ptr)
        return NULL;
    if (!text.ptr || !str_to_i64(row, &id) || id <= 0)
        return row.ptr ? "zeile" : "nach";
    query->after_text = text;
    query->after_row = id;
    return NULL;
}
