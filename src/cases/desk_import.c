/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading a stock into a register at the desk: a file, a preview or the real thing as a job, and a
 * report of every line. The file is forgotten when it has been read. */
#include "cases/desk_import.h"
#include "cases/desk_import.html.h"
#include "core/http/request.h"
#include "core/store/file.h"
#include "core/work/work.h"

enum { FILE_MAX = 50 * 1000 * 1000, TOLD = 20 };

/* A file is no way around the second person; the operator answers for the command line. */
static const char TWO_PEOPLE[] =
    "In dieses Register schreibt niemand allein. Einen Bestand liest die Systembetreuung ein "
    "(rathaus import); einzelne Einträge machen Sie von Hand, eine andere Person stimmt zu. Es ist "
    "nichts geschrieben.";

static bool need_register(Request *req, DeskRegister *reg, Err *err)
{
    return desk_register(req, reg, err) &&
           (desk_register_may(req, reg, "register.import") ||
            err_set(err, ERR_FORBIDDEN, "Sie dürfen in dieses Register nichts einlesen."));
}

static Str owner_of(const char *what, Str register_id, Arena *arena)
{
    return str_printf(arena, "%s%.*s", what, STR_ARG(register_id));
}

/* --- The page ----------------------------------------------------------------------------------
 */

static void fill_columns(Request *req, const DeskRegister *reg, ImportPage *page)
{
    const Form *form = reg->spec->form;

    page->columns = arena_array(req->arena, ImportColumnView, form->field_count);
    for (size_t i = 0; i < form->field_count; i++) {
        const FormField *field = form->fields[i];
        bool filled = field->default_value || field->compute;

        page->columns[page->column_count++] =
            (ImportColumnView){.id = field->id,
                               .label = desk_register_label(field),
                               .need = field->required_always && !filled ? STR("ja")
                                       : filled ? STR("wird sonst berechnet")
                                                : STR("nein")};
    }
}

static bool fill_reports(Request *req, const DeskRegister *reg, ImportPage *page, Err *err)
{
    FileInfo *files;
    size_t count;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = file_list(tx, owner_of(IMPORT_REPORTS, reg->spec->id, req->arena), req->arena, &files,
                        &count, err);

    tx_end(tx);
    page->reports = arena_array(req->arena, FileView, ok ? count : 0);
    for (size_t i = ok ? count : 0; i-- > 0;)
        page->reports[page->report_count++] =
            (FileView){.name = files[i].name,
                       .size = desk_size(req->arena, files[i].size),
                       .path = str_printf(req->arena, "%.*s/einlesen/%s", STR_ARG(reg->path),
                                          files[i].sha256)};
    return ok;
}

static bool show_import(Request *req, Response *res, const DeskRegister *reg, Str problem, Err *err)
{
    Out out = out_for(req);
    ImportPage page = {.name = reg->name,
                       .register_path = reg->path,
                       .path = str_printf(req->arena, "%.*s/einlesen", STR_ARG(reg->path)),
                       .preview_only = reg->spec->four_eyes,
                       .problem = problem};

    fill_columns(req, reg, &page);
    if (!fill_reports(req, reg, &page, err))
        return false;
    if (problem.len)
        res->status = 422;
    page_desk_import(&out, &page);
    return desk_register_send(
        req, res, str_printf(req->arena, "%.*s: Bestand einlesen", STR_ARG(reg->name)), &out);
}

bool desk_import_page(Request *req, Response *res, Err *err)
{
    DeskRegister reg;

    return need_register(req, &reg, err) && show_import(req, res, &reg, STR_NONE, err);
}

/* --- Ordering ----------------------------------------------------------------------------------
 */

typedef struct ImportTake {
    Request *req;
    const DeskRegister *reg;
    FileInfo info;
    Str bytes;
    int64_t job;
} ImportTake;

static bool order_import(Tx *tx, void *context, Err *err)
{
    ImportTake *take = context;
    Arena *arena = take->req->arena;
    Node *params = node_map(arena);
    Str actor = request_actor(take->req);
    bool preview = request_form(take->req, "vorschau").ptr != NULL;

    node_set(arena, params, STR("register"), node_string(arena, take->reg->spec->id));
    node_set(arena, params, STR("sha256"), node_string(arena, str_c(take->info.sha256)));
    node_set(arena, params, STR("actor"), node_string(arena, actor));
    node_set(arena, params, STR("preview"), node_bool(arena, preview));
    return file_put(tx, take->req->tenant, &take->info, take->bytes,
                    owner_of(IMPORT_FILES, take->reg->spec->id, arena), err) &&
           job_order(tx, "register-import", params, actor, &take->job, err);
}

bool desk_import_post(Request *req, Response *res, Err *err)
{
    static const char *const TYPES[] = {"text/csv", "text/plain", "application/csv", NULL};
    DeskRegister reg;
    ImportTake take = {.req = req, .reg = &reg};
    Str problem;

    if (!need_register(req, &reg, err))
        return false;
    if (reg.spec->four_eyes && !request_form(req, "vorschau").ptr)
        return show_import(req, res, &reg, str_c(TWO_PEOPLE), err);
    for (size_t i = 0; i < req->upload_count; i++) {
        if (!str_is(req->uploads[i].field, "datei") || req->uploads[i].bytes.len == 0)
            continue;
        take.bytes = req->uploads[i].bytes;
        if (!file_prepare(req->tenant, take.bytes, req->uploads[i].name,
                          &(FileRules){.types = TYPES, .max_size = FILE_MAX}, req->arena,
                          &take.info, err))
            return problem_take(req, err, &problem) && show_import(req, res, &reg, problem, err);
    }
    if (take.bytes.len == 0)
        return show_import(req, res, &reg, STR("Bitte wählen Sie zuerst eine Datei aus."), err);
    return db_write(req->tenant->db, order_import, &take, err) &&
           respond_redirect(req, res,
                            str_printf(req->arena, "/desk/auftraege/%lld", (long long)take.job));
}

/* --- The job -----------------------------------------------------------------------------------
 */

typedef struct ImportJob {
    JobRun *run;
    Arena *arena;
    Buf report; /* CSV */
    Buf words;  /* the first mistakes, for the job's page */
    int told;
} ImportJob;

static bool tell_progress(void *context, int64_t done, int64_t total)
{
    ImportJob *job = context;

    job_progress(job->run, done, total, "Bytes gelesen");
    return !job_cancelled(job->run);
}

static void tell_line(void *context, const ImportLine *line)
{
    ImportJob *job = context;

    import_report_line(&job->report, STR("de"), line);
    if (!line->message.ptr || job->told++ >= TOLD)
        return;
    buf_addf(&job->words, "%sZeile %d: %.*s%s%.*s", job->words.len ? " · " : "", line->line,
             STR_ARG(line->field), line->field.len ? ": " : "", STR_ARG(line->message));
}

typedef struct ImportEnd {
    Tenant *tenant;
    Str register_id, sha256;
    const FileInfo *report; /* or NULL */
    Str bytes;
    Arena *arena;
} ImportEnd;

static bool forget_file(Tx *tx, void *context, Err *err)
{
    const ImportEnd *end = context;

    return file_drop_owner(tx, end->sha256, owner_of(IMPORT_FILES, end->register_id, end->arena),
                           err) &&
           (!end->report || file_put(tx, end->tenant, end->report, end->bytes,
                                     owner_of(IMPORT_REPORTS, end->register_id, end->arena), err));
}

static bool keep_report(Tenant *tenant, const ImportEnd *order, Str bytes, bool preview, Err *err)
{
    ImportEnd end = *order;
    FileInfo info;
    Str name = str_printf(end.arena, "%s-%.*s.csv", preview ? "vorschau" : "bericht",
                          STR_ARG(timestamp_iso(end.arena, clock_now())));

    end.bytes = bytes;
    end.report = &info;
    return file_prepare(tenant, bytes, name, &(FileRules){.max_size = 8 * FILE_MAX}, end.arena,
                        &info, err) &&
           db_write(tenant->db, forget_file, &end, err);
}

static Node *result_of(const ImportSummary *sum, const ImportJob *job, bool preview)
{
    static const char *const LABELS[] = {"neu", "schon eingelesen", "abweichend (nicht geändert)",
                                         "fehlerhaft (nicht übernommen)"};
    Arena *arena = job->arena;
    Node *node = node_map(arena);

    node_set(
        arena, node, STR("Art"),
        node_string(arena, preview ? STR("Vorschau: nichts ist geschrieben") : STR("eingelesen")));
    node_set(arena, node, STR("Zeichensatz und Trennzeichen"),
             node_string(arena, str_printf(arena, "%.*s, %.*s", STR_ARG(sum->encoding),
                                           STR_ARG(sum->separator))));
    node_set(arena, node, STR("Zeilen"), node_int(arena, sum->lines));
    for (size_t i = 0; i < IMPORT_OUTCOMES; i++)
        node_set(arena, node, str_c(LABELS[i]), node_int(arena, sum->counts[i]));
    for (size_t i = 0; i < sum->unused_count; i++)
        node_set(arena, node, str_printf(arena, "Spalte %.*s", STR_ARG(sum->unused[i])),
                 node_string(arena, STR("gehört zu keinem Feld, nicht übernommen")));
    if (job->words.len) {
        Buf words = job->words;

        node_set(arena, node, STR("Die ersten Fehler"), node_string(arena, buf_str(&words)));
    }
    node_set(arena, node, STR("Bericht"),
             node_string(arena, STR("alle Zeilen: auf der Seite „Bestand einlesen“")));
    return node;
}

/* Whoever ordered it must still be allowed to, and the register still take what one person writes.
 */
static bool check_still(Tx *tx, const ImportOrder *order, Arena *arena, Err *err)
{
    Request req = {.arena = arena, .tenant = order->tenant, .lang = STR("de")};
    DeskRegister reg = {.package = order->package, .spec = order->spec};

    if (str_starts_with(order->actor, "staff/"))
        str_to_i64(str_slice(order->actor, strlen("staff/"), order->actor.len),
                   &req.session.staff_id);
    if (!desk_rights_now(tx, &req, err))
        return false;
    if (!desk_register_may(&req, &reg, "register.import"))
        return err_set(err, ERR_FORBIDDEN,
                       "Das Konto, das dies bestellt hat, darf in dieses Register nichts mehr "
                       "einlesen.");
    return !order->spec->four_eyes || order->preview ||
           err_set(err, ERR_FORBIDDEN, "%s", TWO_PEOPLE);
}

bool desk_import_job(JobRun *run, Tenant *tenant, const Node *params, Arena *arena, Node **result,
                     Err *err)
{
    ImportJob job = {.run = run, .arena = arena, .report = buf_in(arena), .words = buf_in(arena)};
    ImportSummary sum;
    ImportOrder order = {.tenant = tenant,
                         .preview = node_get_bool(params, "preview", true),
                         .actor = node_get_text(params, "actor"),
                         .today = date_in_berlin(clock_now()),
                         .tell = tell_line,
                         .progress = tell_progress,
                         .context = &job};
    ImportEnd end = {.tenant = tenant,
                     .register_id = node_get_text(params, "register"),
                     .sha256 = node_get_text(params, "sha256"),
                     .arena = arena};
    Err ignored = {0};
    Tx *tx;

    order.package = register_package(tenant, end.register_id, &order.spec, err);
    tx = order.package ? db_read(tenant->db, err) : NULL;
    bool ok = tx && check_still(tx, &order, arena, err) &&
              file_read(tx, tenant, end.sha256, arena, &order.bytes, err);

    if (tx)
        tx_end(tx);
    import_report_head(&job.report, STR("de"));
    ok = ok && register_import(&order, arena, &sum, err);
    if (!ok) {
        db_write(tenant->db, forget_file, &end, &ignored);
        return false;
    }
    *result = result_of(&sum, &job, order.preview);
    return keep_report(tenant, &end, buf_str(&job.report), order.preview, err);
}

/* GET /desk/register/:register/einlesen/:bericht */
bool desk_import_report(Request *req, Response *res, Err *err)
{
    DeskRegister reg;
    FileInfo *files;
    size_t count;
    Str sha256 = request_param(req, "bericht");
    Str bytes;

    if (!need_register(req, &reg, err))
        return false;
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = file_list(tx, owner_of(IMPORT_REPORTS, reg.spec->id, req->arena), req->arena, &files,
                        &count, err);
    const FileInfo *found = NULL;

    for (size_t i = 0; ok && i < count; i++)
        if (str_is(sha256, files[i].sha256))
            found = &files[i];
    if (ok && !found)
        ok = err_set(err, ERR_NOT_FOUND, "Diesen Bericht gibt es nicht.");
    ok = ok && file_read(tx, req->tenant, sha256, req->arena, &bytes, err);
    tx_end(tx);
    return ok && respond_bytes(res, req->arena, STR("text/csv; charset=utf-8"), bytes, found->name);
}
