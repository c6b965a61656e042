/* SPDX-License-Identifier: EUPL-1.2 */
/* Rules at the desk: look at the tables of a service, try them with values, try an expression; each
 * answer says which row led to it. Nothing is kept and nothing is decided here. */
#include "cases/desk_rules.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "cases/desk_rules.html.h"
#include "core/http/request.h"

enum { MOST_ROWS = 500, MOST_TEXT = 2000, MOST_STEPS = 200000, MOST_BYTES = 4 << 20 };

static bool send_page(Request *req, Response *res, Str title, Out *out)
{
    return page_send(
        req, res,
        &(PageFrame){
            .area = AREA_DESK, .title = title, .active = STR("/desk/regeln"), .wide = true},
        out_html(out));
}

static FeelEnv environment(const Request *req)
{
    return (FeelEnv){
        .today = req->today, .now = req->now, .max_steps = MOST_STEPS, .max_bytes = MOST_BYTES};
}

static Str service_path(Request *req, const Package *package)
{
    return str_printf(req->arena, "/desk/regeln/%.*s", STR_ARG(package->id));
}

static const Package *need_package(Request *req, Err *err)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);

    for (size_t i = 0; i < count; i++)
        if (str_eq(packages[i]->id, request_param(req, "service")) &&
            desk_may_read(req, packages[i]))
            return packages[i];
    err_set(err, ERR_NOT_FOUND, "Diese Leistung gibt es für Sie nicht.");
    return NULL;
}

/* --- All tables ---------------------------------------------------------------------------- */

static Str output_labels(Arena *arena, const FeelTableView *view)
{
    Buf out = buf_in(arena);

    for (size_t i = 0; i < view->output_count; i++)
        buf_addf(&out, "%s%.*s", i ? ", " : "", STR_ARG(view->outputs[i].label));
    return buf_str(&out);
}

static RuleService service_of(Request *req, const Package *package)
{
    RuleService service = {.name = text_in(package->name, STR("de")),
                           .path = service_path(req, package),
                           .tables = arena_array(req->arena, RuleLink, package->table_count)};

    for (size_t i = 0; i < package->table_count; i++) {
        FeelTableView view = feel_table_view(package->tables[i], req->arena);
        service.tables[service.table_count++] = (RuleLink){
            .path = str_printf(req->arena, "%.*s/%.*s", STR_ARG(service.path), STR_ARG(view.name)),
            .name = view.name,
            .label = output_labels(req->arena, &view),
            .row_count = view.row_count};
    }
    return service;
}

bool desk_rules_index(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages), shown = 0;
    RuleService *services = arena_array(req->arena, RuleService, count);

    (void)err;
    for (size_t i = 0; i < count; i++)
        if (desk_may_read(req, packages[i]))
            services[shown++] = service_of(req, packages[i]);
    page_desk_rules(&out, services, shown);
    return send_page(req, res, STR("Regeln"), &out);
}

/* --- One table ----------------------------------------------------------------------------- */

static const char *hit_meaning(FeelHit hit)
{
    switch (hit) {
    case FEEL_HIT_UNIQUE: return "Höchstens eine Zeile passt, und die gilt.";
    case FEEL_HIT_ANY: return "Es dürfen mehrere Zeilen passen, wenn sie dasselbe ergeben.";
    case FEEL_HIT_PRIORITY:
        return "Von den passenden Zeilen gilt die mit dem wichtigsten Ergebnis.";
    case FEEL_HIT_FIRST: return "Die erste passende Zeile gilt.";
    case FEEL_HIT_RULE_ORDER: return "Alle passenden Zeilen gelten, in ihrer Reihenfolge.";
    case FEEL_HIT_OUTPUT_ORDER: return "Alle passenden Zeilen gelten, das Wichtigste zuerst.";
    case FEEL_HIT_COLLECT: return "Alle passenden Zeilen gelten.";
    case FEEL_HIT_SUM: return "Die Ergebnisse aller passenden Zeilen werden zusammengezählt.";
    case FEEL_HIT_MIN: return "Von den passenden Zeilen gilt das kleinste Ergebnis.";
    case FEEL_HIT_MAX: return "Von den passenden Zeilen gilt das größte Ergebnis.";
    default: return "Die passenden Zeilen werden gezählt.";
    }
}

/* "[1..5)" as "ab 1, unter 5"; STR_NONE when it is no single range. */
static Str range_text(Arena *arena, Str cell)
{
    bool low_closed = cell.ptr[0] == '[', high_closed = cell.ptr[cell.len - 1] == ']';
    Str low = str_slice(cell, 1, cell.len - 1);
    ptrdiff_t dots = str_find(low, STR(".."));

    if (dots < 0)
        return STR_NONE;
    Str high = str_trim(str_slice(low, (size_t)dots + 2, low.len));
    low = str_trim(str_slice(low, 0, (size_t)dots));
    if (low_closed && high_closed)
        return str_printf(arena, "%.*s bis %.*s", STR_ARG(low), STR_ARG(high));
    return str_printf(arena, "%s %.*s, %s %.*s", low_closed ? "ab" : "über", STR_ARG(low),
                      high_closed ? "bis" : "unter", STR_ARG(high));
}

/* A cell as a clerk reads it; what is more than a value or one comparison stays as written. */
static Str cell_text(Arena *arena, Str cell)
{
    static const struct {
        const char *written, *said;
    } words[] = {{"<=", "bis"}, {">=", "ab"}, {"<", "unter"}, {">", "über"}};

    cell = str_trim(cell);
    if (str_is(cell, "-"))
        return STR("beliebig");
    if (str_is(cell, "true"))
        return STR("ja");
    if (str_is(cell, "false"))
        return STR("nein");
    if (cell.len == 0 || str_find_char(cell, ',') >= 0)
        return cell;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_starts_with(cell, words[i].written))
            return str_printf(
                arena, "%s %.*s", words[i].said,
                STR_ARG(str_trim(str_slice(cell, strlen(words[i].written), cell.len))));
    bool range = strchr("[(]", cell.ptr[0]) && strchr("[)]", cell.ptr[cell.len - 1]);
    Str text = range ? range_text(arena, cell) : STR_NONE;
    return text.ptr ? text : cell;
}

static void fill_rows(Arena *arena, const FeelTableView *view, RulePage *page)
{
    page->input_count = view->input_count;
    page->column_count = view->input_count + view->output_count;
    page->heads = arena_array(arena, Str, page->column_count);
    for (size_t i = 0; i < page->column_count; i++)
        page->heads[i] = i < view->input_count ? view->inputs[i].label
                                               : view->outputs[i - view->input_count].label;
    page->row_count = view->row_count < MOST_ROWS ? view->row_count : MOST_ROWS;
    page->hidden = view->row_count - page->row_count;
    page->rows = arena_array(arena, RuleRow, page->row_count);
    for (size_t r = 0; r < page->row_count; r++) {
        RuleRow *row = &page->rows[r];
        row->number = r + 1;
        row->remark = view->rows[r].remark;
        row->cells = arena_array(arena, Str, page->column_count);
        for (size_t i = 0; i < page->column_count; i++)
            row->cells[i] = cell_text(arena, i < view->input_count
                                                 ? view->rows[r].tests[i]
                                                 : view->rows[r].results[i - view->input_count]);
    }
}

static void add_option(FieldView *field, OptionView *options, Str value, Str label)
{
    options[field->option_count++] =
        (OptionView){.value = value, .label = label, .selected = str_eq(field->value, value)};
    field->options = options;
}

/* The listed values, or yes and no; none for what is typed. */
static void add_options(Arena *arena, const FeelColumn *column, FieldView *field)
{
    size_t most = column->value_count + column->type->allowed_count + 3;
    OptionView *options = arena_array(arena, OptionView, most);

    if (column->type->kind != FEEL_BOOLEAN && most == 3)
        return;
    for (size_t i = 0; i < column->value_count; i++) {
        Str value = feel_to_text(arena, column->values[i]);
        add_option(field, options, value, value);
    }
    for (size_t i = 0; !column->value_count && i < column->type->allowed_count; i++)
        add_option(field, options, column->type->allowed[i], column->type->allowed[i]);
    if (column->type->kind == FEEL_BOOLEAN) {
        add_option(field, options, STR("true"), STR("Ja"));
        add_option(field, options, STR("false"), STR("Nein"));
    }
}

static Str hint_of(FeelTypeKind kind)
{
    switch (kind) {
    case FEEL_NUMBER: return STR("Eine Zahl, zum Beispiel 12,5");
    case FEEL_DATE: return STR("Ein Datum, zum Beispiel 1.3.2027");
    case FEEL_STRING:
    case FEEL_BOOLEAN: return STR("");
    default: return STR("Ein Wert als FEEL-Ausdruck, zum Beispiel @\"P1Y\" oder [1, 2]");
    }
}

/* A value typed as FEEL, for types that have no other way to be typed. It computes next to nothing:
 * a link may hold it. */
static const FeelValue *constant(Request *req, Str text)
{
    const FeelEnv env = {
        .today = req->today, .now = req->now, .max_steps = 1000, .max_bytes = 65536};
    Err err = {0};
    const FeelScope *none = feel_scope(req->arena, NULL);
    const FeelProgram *program = feel_compile(req->arena, text, NULL, 1, none, &err);

    return program ? feel_eval(program, NULL, &env, req->arena, &err) : NULL;
}

/* "1.234,5" and "1.234" as 1234.5 and 1234, as the form's fields read them; "1.5" stays. */
static Str number_typed(Arena *arena, Str text)
{
    ptrdiff_t comma = str_find_char(text, ','), point = str_find_char(text, '.');
    size_t whole = comma >= 0 ? (size_t)comma : text.len;
    bool grouped = point > 0 && point <= 3 + (text.ptr[0] == '-');

    for (size_t i = whole; grouped && i > (size_t)point; i -= 4)
        grouped = i >= (size_t)point + 4 && text.ptr[i - 4] == '.';
    if (grouped)
        text = str_replace(arena, text, STR("."), STR(""));
    return str_replace(arena, text, STR(","), STR("."));
}

static bool listed(const FieldView *field, Str text)
{
    for (size_t i = 0; i < field->option_count; i++)
        if (str_eq(field->options[i].value, text))
            return true;
    return field->option_count == 0;
}

/* What was typed as a value of the column's type; NULL when it is none. */
static const FeelValue *typed_value(Request *req, const FeelColumn *column, const FieldView *field)
{
    FeelTypeKind kind = column->type->kind;
    Str text = field->value;
    Date date;
    const FeelValue *value;

    if (!listed(field, text))
        return NULL;
    if (kind == FEEL_STRING)
        return feel_string(req->arena, text);
    if (kind == FEEL_BOOLEAN)
        return feel_from_node(req->arena, node_bool(req->arena, str_is(text, "true")), NULL);
    if (kind == FEEL_NUMBER)
        text = number_typed(req->arena, text);
    if (kind == FEEL_DATE && date_parse_german(text, &date))
        text = date_iso(req->arena, date);
    if (kind == FEEL_NUMBER || kind == FEEL_DATE)
        value = feel_from_node(req->arena, node_string(req->arena, text), feel_type(kind));
    else
        value = constant(req, text);
    bool fits = !feel_is_null(value) && (kind == FEEL_ANY || feel_kind(value) == kind);
    return fits ? value : NULL;
}

/* Read what was typed; false when something is no value of its type. */
static bool read_inputs(Request *req, const FeelTableView *view, RulePage *page,
                        const FeelValue **values)
{
    page->fields = arena_array(req->arena, FieldView, view->input_count);
    page->errors = arena_array(req->arena, FieldError, view->input_count);
    for (size_t i = 0; i < view->input_count; i++) {
        const FeelColumn *column = &view->inputs[i];
        Str name = str_printf(req->arena, "e%zu", i + 1);
        Str text = str_trim(request_query(req, str_cstr(req->arena, name)));
        FieldView *field = &page->fields[i];

        *field = (FieldView){.id = name,
                             .name = name,
                             .label = column->label,
                             .value = text.ptr ? text : STR(""),
                             .width = FIELD_MEDIUM,
                             .max_length = MOST_TEXT,
                             .hint = hint_of(column->type->kind)};
        add_options(req->arena, column, field);
        if (field->option_count)
            field->hint = STR("");
        if (str_empty(text)) {
            values[i] = feel_null();
            continue;
        }
        values[i] = text.len <= MOST_TEXT ? typed_value(req, column, field) : NULL;
        if (values[i])
            continue;
        field->error = str_printf(req->arena, "Das ist kein Wert für „%.*s“. %.*s.",
                                  STR_ARG(column->label), STR_ARG(hint_of(column->type->kind)));
        page->errors[page->error_count++] = (FieldError){.id = name, .message = field->error};
    }
    return page->error_count == 0;
}

static void ask(Request *req, const FeelTable *table, const FeelValue **values, RulePage *page)
{
    const FeelEnv env = environment(req);
    FeelDecision decision;
    Err stopped = {0};

    if (!feel_explain_table(table, values, &env, req->arena, &decision, &stopped)) {
        page->explanation = STR("Diese Tabelle rechnet mit solchen Werten zu lange.");
        return;
    }
    page->explanation = feel_decision_text(req->arena, &decision);
    for (size_t i = 0; i < decision.result.hit_count; i++)
        if (decision.result.hits[i].rule <= page->row_count)
            page->rows[decision.result.hits[i].rule - 1].holds = true;
}

static const FeelTable *find_table(const Package *package, Str name)
{
    for (size_t i = 0; package && i < package->table_count; i++)
        if (str_eq(feel_table_name(package->tables[i]), name))
            return package->tables[i];
    return NULL;
}

bool desk_rules_table(Request *req, Response *res, Err *err)
{
    Out out = out_for(req);
    RulePage page = {0};
    const Package *package = need_package(req, err);
    const FeelTable *table = find_table(package, request_param(req, "tabelle"));

    if (!table)
        return package ? err_set(err, ERR_NOT_FOUND, "Diese Tabelle gibt es nicht.") : false;
    FeelTableView view = feel_table_view(table, req->arena);
    const FeelValue **values = arena_array(req->arena, const FeelValue *, view.input_count);

    page.name = view.name;
    page.service = text_in(package->name, STR("de"));
    page.path = str_printf(req->arena, "%.*s/%.*s", STR_ARG(service_path(req, package)),
                           STR_ARG(view.name));
    page.hit = hit_meaning(view.hit);
    fill_rows(req->arena, &view, &page);
    bool readable = read_inputs(req, &view, &page, values);
    if (readable && !str_empty(request_query(req, "probieren")))
        ask(req, table, values, &page);
    page_desk_rule_table(&out, &page, view.input_count);
    return send_page(req, res, str_printf(req->arena, "Tabelle %.*s", STR_ARG(view.name)), &out);
}

/* --- An expression -------------------------------------------------------------------------- */

static void fill_names(Request *req, const Package *package, ExpressionPage *page)
{
    page->names =
        arena_array(req->arena, Str, package->table_count + package->town_type->field_count);
    for (size_t i = 0; i < package->table_count; i++) {
        FeelTableView view = feel_table_view(package->tables[i], req->arena);
        Buf call = buf_in(req->arena);
        buf_addf(&call, "%.*s(", STR_ARG(view.name));
        for (size_t k = 0; k < view.input_count; k++)
            buf_addf(&call, "%s%.*s", k ? ", " : "", STR_ARG(view.inputs[k].name));
        buf_add_c(&call, ")");
        page->names[page->name_count++] = buf_str(&call);
    }
    for (size_t i = 0; i < package->town_type->field_count; i++)
        page->names[page->name_count++] =
            str_printf(req->arena, "town.%.*s", STR_ARG(package->town_type->fields[i].name));
}

static void refuse(ExpressionPage *page, Str why)
{
    page->field.error = why;
    page->error = (FieldError){.id = page->field.id, .message = why};
}

/* Explain, or tell why it cannot be. */
static void explain(Request *req, const Package *package, Str text, ExpressionPage *page)
{
    const FeelEnv env = environment(req);
    FeelExplanation explanation;
    Err err = {0};
    FeelScope *scope = feel_scope(req->arena, package->scope);
    StrList lines = {0};

    feel_scope_in_german(scope);
    const FeelProgram *program = feel_compile(req->arena, text, NULL, 1, scope, &err);

    if (!program) {
        refuse(page,
               str_printf(req->arena,
                          "So ist der Ausdruck nicht verständlich (Zeile %d, Zeichen %d): %.*s",
                          err.line, err.column, STR_ARG(problem_words(&err, req->arena))));
        return;
    }
    if (!feel_explain(program, package->constants, &env, req->arena, &explanation, &err)) {
        refuse(page, STR("Der Ausdruck rechnet zu lange oder braucht zu viel Speicher."));
        return;
    }
    Str rest = feel_explanation_text(req->arena, &explanation);
    while (rest.ptr && rest.len)
        VEC_PUSH(req->arena, &lines, str_cut(&rest, '\n'));
    page->lines = lines.items;
    page->line_count = lines.count;
}

/* The page, and the answer to `text` when there is one. */
static bool expression_page(Request *req, Response *res, Str text, Err *err)
{
    Out out = out_for(req);
    const Package *package = need_package(req, err);

    if (!package)
        return false;
    ExpressionPage page = {
        .service = text_in(package->name, STR("de")),
        .path = service_path(req, package),
        .field = {.id = STR("ausdruck"),
                  .name = STR("ausdruck"),
                  .label = STR("Ausdruck"),
                  .hint = STR("In der Regelsprache FEEL, zum Beispiel: 96 / 12 * 7"),
                  .value = text.ptr ? text : STR(""),
                  .max_length = MOST_TEXT,
                  .rows = 4}};
    fill_names(req, package, &page);
    if (utf8_length(text) > MOST_TEXT) {
        refuse(&page, STR("Der Ausdruck ist zu lang."));
    } else if (text.len) {
        explain(req, package, text, &page);
    }
    page_desk_rule_expression(&out, &page);
    return send_page(req, res, STR("Ausdruck probieren"), &out);
}

bool desk_rules_expression(Request *req, Response *res, Err *err)
{
    return expression_page(req, res, STR_NONE, err);
}

/* By POST: an expression may be longer than an address, and a link never makes the town reckon. */
bool desk_rules_expression_post(Request *req, Response *res, Err *err)
{
    return expression_page(req, res, str_trim(request_form(req, "ausdruck")), err);
}
