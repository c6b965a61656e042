/* SPDX-License-Identifier: EUPL-1.2 */
/* The pages on which a person writes into a register: the fields, the days and the reason; what
 * would change; then it is done or proposed. Names of our own fields have a hyphen, so that no
 * field of a register can be called the same. */
#include "cases/desk_register_hand.h"

#include "cases/desk_register_hand.html.h"
#include "cases/portal.h"
#include "core/http/request.h"

#define STEP "eintrag-schritt"

static const struct {
    ActKind kind;
    const char *label, *hint;
} CHOICES[] = {
    {ACT_CHANGED, "Es hat sich geändert",
     "Zum Beispiel ein Umzug. Bis zu dem Tag bleibt, was eingetragen war."},
    {ACT_WRONG, "Es war von Anfang an falsch",
     "Zum Beispiel ein Schreibfehler. Berichtigt wird überall, wo dieselbe falsche Angabe steht."},
    {ACT_SPAN, "Es war nur in einem Zeitraum falsch", "Davor und danach bleibt, was da steht."},
};

/* --- Reading ---------------------------------------------------------------------------------- */

static void read_day(Hand *hand, const char *form_name, const char *field, Date *out)
{
    Str text = str_trim(request_form(hand->req, form_name));

    if (text.len && (!date_parse_german(text, out) || out->year < 1000)) {
        *out = (Date){0};
        hand_error(hand, field, true, "type",
                   str_printf(hand->req->arena,
                              "„%.*s“ ist kein Tag. Schreiben Sie ihn so: 1.3.2027",
                              STR_ARG(text)));
    }
}

/* Values of fields that the caller may not write are not taken, whatever was sent. */
static bool read_fields(Hand *hand, Err *err)
{
    Request *req = hand->req;
    Node *typed = node_map(req->arena);
    Sent sent = {0};

    if (!portal_sent_read(req, hand->reg.spec->form, &sent, err))
        return false;
    portal_sent_apply(&sent, typed);
    for (size_t i = 0; i < hand->field_count; i++) {
        Str id = hand->fields[i]->id;
        const Node *value = node_get_str(typed, id);

        /* Of a new entry, what is left empty gets its default. */
        if (value && !(hand->fresh && node_is_null(value)))
            node_set(req->arena, hand->data, id, node_clone(req->arena, value));
    }
    return true;
}

static bool read_hand(Hand *hand, Err *err)
{
    Request *req = hand->req;
    Str kind = request_form(req, "eintrag-art");

    if (!hand->period && !read_fields(hand, err))
        return false;
    if (!hand->period && !hand->fresh &&
        (!register_act_kind(kind, &hand->act.kind) || hand->act.kind == ACT_NEW ||
         hand->act.kind == ACT_PERIOD)) {
        hand->act.kind = ACT_CHANGED;
        hand_error(hand, "kind", true, "required", STR("Bitte wählen Sie, was geschehen ist."));
    }
    /* Of what was always wrong there is no day. */
    if (hand->act.kind != ACT_WRONG)
        read_day(hand, "eintrag-ab", "from", &hand->act.from);
    if (hand->act.kind != ACT_WRONG && hand->act.kind != ACT_CHANGED)
        read_day(hand, "eintrag-bis", "until", &hand->act.until);
    hand->act.end_reason = str_trim(request_form(req, "eintrag-endegrund"));
    if (!hand->act.end_reason.len)
        hand->act.end_reason = STR_NONE;
    hand->act.reason = str_trim(request_form(req, "eintrag-grund"));
    /* A form that does not say what it rests on rests on nothing that holds. */
    hand->act.basis = 0;
    if (!hand->fresh)
        str_to_i64(request_form(req, "eintrag-stand"), &hand->act.basis);
    return true;
}

/* --- Showing ---------------------------------------------------------------------------------- */

static Str error_of(const Hand *hand, const char *field)
{
    for (size_t i = 0; i < hand->errors.count; i++)
        if (hand->errors.items[i].own && str_is(hand->errors.items[i].field, field))
            return hand->errors.items[i].message;
    return STR_NONE;
}

static Str own_id(Str field)
{
    return str_is(field, "from")     ? STR("eintrag-ab")
           : str_is(field, "until")  ? STR("eintrag-bis")
           : str_is(field, "reason") ? STR("eintrag-grund")
           : str_is(field, "kind")   ? STR("eintrag-art")
                                     : STR("eintrag-endegrund");
}

static void fill_errors(const Hand *hand, HandPage *page)
{
    FieldError *errors = arena_array(hand->req->arena, FieldError, hand->errors.count);

    for (size_t i = 0; i < hand->errors.count; i++) {
        const HandError *error = &hand->errors.items[i];

        errors[i] = (FieldError){error->own ? own_id(error->field)
                                            : portal_field_id(hand->req->arena, error->field),
                                 error->message};
    }
    page->errors = errors;
    page->error_count = hand->errors.count;
}

/* As it was typed, or as it stands. */
static Str day_value(const Hand *hand, const char *name, Date stands)
{
    Str typed = request_form(hand->req, name);

    if (typed.ptr || date_absent(stands))
        return typed;
    return str_printf(hand->req->arena, "%d.%d.%d", stands.day, stands.month, stands.year);
}

static void fill_kind(const Hand *hand, HandPage *page)
{
    size_t count = sizeof CHOICES / sizeof *CHOICES;
    OptionView *options = arena_array(hand->req->arena, OptionView, count);
    Str chosen = request_form(hand->req, "eintrag-art");

    if (!chosen.ptr && hand->again)
        chosen = str_c(register_act_word(hand->again->kind));
    for (size_t i = 0; i < count; i++) {
        Str word = str_c(register_act_word(CHOICES[i].kind));

        options[i] = (OptionView){word, str_c(CHOICES[i].label), str_c(CHOICES[i].hint),
                                  str_eq(chosen, word)};
    }
    page->has_kind = true;
    page->kind = (FieldView){.id = STR("eintrag-art"),
                             .name = STR("eintrag-art"),
                             .label = STR("Was ist geschehen?"),
                             .options = options,
                             .option_count = count,
                             .error = error_of(hand, "kind")};
}

static FieldView day_field(const Hand *hand, const char *name, const char *label, const char *hint,
                           bool optional, Date stands, const char *field)
{
    return (FieldView){.id = str_c(name),
                       .name = str_c(name),
                       .label = str_c(label),
                       .hint = str_c(hint),
                       .optional = optional,
                       .value = day_value(hand, name, stands),
                       .width = FIELD_SHORT,
                       .inputmode = "text",
                       .error = error_of(hand, field)};
}

static void fill_days(const Hand *hand, HandPage *page)
{
    const RegisterAct *again = hand->again;
    bool correct = !hand->fresh && !hand->period;
    Date from = {0}, until = {0};

    if (again && again->kind != ACT_WRONG)
        from = again->from;
    else if (hand->period)
        from = hand->head.begins;
    if (again)
        until = again->until;
    else if (hand->period)
        until = hand->head.until;
    page->has_from = page->has_until = true;
    page->from = correct ? day_field(hand, "eintrag-ab", "Ab welchem Tag?",
                                     "Zum Beispiel 1.3.2027. Leer lassen, wenn es von Anfang an "
                                     "falsch war.",
                                     true, from, "from")
                         : day_field(hand, "eintrag-ab", "Gilt ab", "Zum Beispiel 1.3.2027", false,
                                     from, "from");
    page->until =
        correct ? day_field(hand, "eintrag-bis", "Bis zu welchem Tag?",
                            "Nur, wenn es in einem Zeitraum falsch war.", true, until, "until")
                : day_field(hand, "eintrag-bis", "Gilt bis",
                            "Letzter Tag. Leer lassen, wenn der Eintrag kein Ende hat.", true,
                            until, "until");
    if (correct)
        return;
    Str typed = request_form(hand->req, "eintrag-endegrund");

    page->has_end_reason = true;
    page->end_reason = (FieldView){.id = STR("eintrag-endegrund"),
                                   .name = STR("eintrag-endegrund"),
                                   .label = STR("Warum endet der Eintrag?"),
                                   .hint = STR("Zum Beispiel „verzogen“. Steht im Eintrag."),
                                   .optional = true,
                                   .value = typed.ptr ? typed
                                            : again   ? again->end_reason
                                                      : hand->head.reason,
                                   .max_length = 120,
                                   .error = error_of(hand, "endReason")};
}

static Str title_of(const Hand *hand)
{
    return hand->fresh    ? STR("Eintrag von Hand anlegen")
           : hand->period ? STR("Beginn oder Ende ändern")
                          : STR("Angaben berichtigen");
}

static void fill_page(Hand *hand, HandPage *page)
{
    Request *req = hand->req;

    *page = (HandPage){
        .title = title_of(hand),
        .path = req->path,
        .back_path = hand->fresh ? hand->reg.path
                                 : str_printf(req->arena, "%.*s/%lld", STR_ARG(hand->reg.path),
                                              (long long)hand->head.id),
        .back_label = hand->fresh ? hand->reg.name : hand->head.title,
        .basis = str_printf(req->arena, "%lld", (long long)hand->act.basis),
        .second = hand->second,
        .alone = hand->second && hand->alone,
        .button = hand->second ? STR("Zur Zustimmung vorschlagen") : STR("Jetzt eintragen"),
        .reason = {.id = STR("eintrag-grund"),
                   .name = STR("eintrag-grund"),
                   .label = STR("Warum von Hand?"),
                   .hint = STR("Steht mit Ihrem Namen in der Geschichte des Eintrags. Schreiben "
                               "Sie nicht mehr über Menschen, als nötig ist."),
                   .value = hand->act.reason,
                   .rows = 3,
                   .max_length = ACT_REASON_MAX,
                   .error = error_of(hand, "reason")}};
    page->lead = hand->fresh ? hand->reg.name
                 : !hand->period && date_compare(hand->base.from, hand->head.from) != 0
                     ? str_printf(req->arena, "%.*s, wie es ab dem %.*s eingetragen ist",
                                  STR_ARG(hand->head.title),
                                  STR_ARG(date_long(req->arena, hand->base.from, STR("de"))))
                     : hand->head.title;
    if (hand->again) {
        page->follows = str_printf(req->arena, "%lld", (long long)hand->again->id);
        page->answer = hand->again->answer;
        page->moved_on = hand->moved_on;
    }
}

static bool show_form(Hand *hand, Response *res, bool typed, Str problem, Err *err)
{
    Request *req = hand->req;
    Out fields_out = out_for(req), out = out_for(req);
    FieldsView fields = {.lang = STR("de"), .data = hand->data, .show_errors = typed};
    FeelEnv env = {.today = req->today, .now = req->now};
    FormInput input = {.package = hand->reg.package,
                       .form = hand->reg.spec->form,
                       .data = hand->data,
                       .env = &env,
                       .lang = STR("de"),
                       .quiet = true};
    HandPage page;

    fill_page(hand, &page);
    page.problem = problem;
    if (!hand->period && !hand->state.form && !form_evaluate(&input, req->arena, &hand->state, err))
        return false;
    fields.state = &hand->state;
    if (!hand->period)
        page.fields = portal_fields(&fields_out, &fields, hand->fields, hand->field_count);
    if (!hand->period && !hand->fresh)
        fill_kind(hand, &page);
    Str valid_on = request_query(req, "gilt");

    page.valid_on = valid_on.ptr ? valid_on : request_form(req, "eintrag-gilt");
    fill_days(hand, &page);
    fill_errors(hand, &page);
    if (page.error_count || problem.ptr)
        res->status = page.error_count ? 422 : 409;
    page_desk_hand_form(&out, &page);
    return desk_register_send(req, res, page.title, &out);
}

/* Everything but the step goes with the next one. */
static void keep_sent(const Request *req, HandPage *page)
{
    Field *kept = arena_array(req->arena, Field, req->form_count);

    for (size_t i = 0; i < req->form_count; i++)
        if (!str_is(req->form[i].name, "csrf") && !str_is(req->form[i].name, STEP))
            kept[page->sent_count++] = req->form[i];
    page->sent = kept;
}

static bool show_preview(Hand *hand, Response *res, Err *err)
{
    Out out = out_for(hand->req);
    HandPage page;

    (void)err;
    fill_page(hand, &page);
    page.tried = hand;
    keep_sent(hand->req, &page);
    page_desk_hand_preview(&out, &page);
    return desk_register_send(hand->req, res, page.title, &out);
}

/* --- Routes ----------------------------------------------------------------------------------- */

static Date asked_day(const Request *req)
{
    Str text = request_query(req, "gilt");
    Date day = {0};

    if (!text.ptr)
        text = request_form(req, "eintrag-gilt");
    return date_parse_iso(text, &day) ? day : (Date){0};
}

static int64_t asked_act(const Request *req)
{
    Str text = request_query(req, "aus");
    int64_t id = 0;

    str_to_i64(text.ptr ? text : request_form(req, "eintrag-aus"), &id);
    return id;
}

/* Each page about an entry shows what stands in it, or what is to stand in it. */
static bool note_look(const Hand *hand, Err *err)
{
    if (hand->fresh)
        return !hand->again ||
               desk_register_note_act(hand->req, &hand->reg, hand->again->id,
                                      "Vorschlag zum Registereintrag angesehen", err);
    return desk_register_note_look(hand->req, &hand->reg, &hand->head,
                                   "Registereintrag zum Berichtigen geöffnet", err);
}

static bool show_page(Request *req, Response *res, bool fresh, bool period, Err *err)
{
    Hand hand;

    return hand_open(req, fresh, period, asked_day(req), asked_act(req), &hand, err) &&
           hand_resume(&hand, err) && note_look(&hand, err) &&
           show_form(&hand, res, false, STR_NONE, err);
}

static Str done_path(const Hand *hand)
{
    if (hand->fresh && (hand->second || !hand->act.entry_id))
        return str_printf(hand->req->arena, "%.*s?getan=%s", STR_ARG(hand->reg.path),
                          hand->second ? "vorgeschlagen" : "eingetragen");
    return str_printf(hand->req->arena, "%.*s/%lld?getan=%s", STR_ARG(hand->reg.path),
                      (long long)hand->act.entry_id,
                      hand->second ? "vorgeschlagen" : "eingetragen");
}

static bool take_page(Request *req, Response *res, bool fresh, bool period, Err *err)
{
    Str step = request_form(req, STEP);
    Hand hand;

    if (!hand_open(req, fresh, period, asked_day(req), asked_act(req), &hand, err) ||
        !read_hand(&hand, err))
        return false;
    if (str_is(step, "aendern")) {
        hand.errors.count = 0;
        return note_look(&hand, err) && show_form(&hand, res, false, STR_NONE, err);
    }
    if (!hand_check(&hand, err))
        return false;
    if (hand.errors.count)
        return note_look(&hand, err) && show_form(&hand, res, true, STR_NONE, err);
    if (hand_try(&hand, err)) {
        if (!str_is(step, "speichern"))
            return note_look(&hand, err) && show_preview(&hand, res, err);
        if (hand_commit(&hand, err))
            return respond_redirect(req, res, done_path(&hand));
    }
    Str problem;

    return problem_take(req, err, &problem) && note_look(&hand, err) &&
           show_form(&hand, res, true, problem, err);
}

bool desk_hand_page(Request *req, Response *res, Err *err)
{
    return show_page(req, res, false, false, err);
}

bool desk_hand_post(Request *req, Response *res, Err *err)
{
    return take_page(req, res, false, false, err);
}

bool desk_hand_period_page(Request *req, Response *res, Err *err)
{
    return show_page(req, res, false, true, err);
}

bool desk_hand_period_post(Request *req, Response *res, Err *err)
{
    return take_page(req, res, false, true, err);
}

bool desk_hand_new_page(Request *req, Response *res, Err *err)
{
    return show_page(req, res, true, false, err);
}

bool desk_hand_new_post(Request *req, Response *res, Err *err)
{
    return take_page(req, res, true, false, err);
}
