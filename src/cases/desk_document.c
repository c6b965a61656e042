/* SPDX-License-Identifier: EUPL-1.2 */
/* A document of a case, shown in the page or handed out. Every look is noted. */
#include "cases/case_document.h"
#include "cases/desk_step.h"
#include "cases/desk_work.h"

#include "core/http/request.h"
#include "core/page/fields.html.h"

/* --- Documents
 * ------------------------------------------------------------------------------------------------
 */

static bool find_document(Request *req, Tx *tx, DeskCase *desk, Document *document, Err *err)
{
    int64_t id = 0;

    str_to_i64(request_param(req, "dokument"), &id);
    if (!desk_case(req, tx, desk, err) ||
        !case_document_by_id(tx, desk->c.id, id, req->arena, document, err))
        return false;
    if (document->protected_office.ptr &&
        !desk_may_see_protected(req, document->protected_office, desk->package->id))
        return err_set(err, ERR_FORBIDDEN, "Dieses Dokument sieht nur das entscheidende Amt.");
    return true;
}

bool desk_document_page(Request *req, Response *res, Err *err)
{
    DeskCase desk;
    Document document;
    Str bytes;
    Tx *tx = db_read(req->tenant->db, err);
    bool ok = tx && find_document(req, tx, &desk, &document, err);

    if (tx)
        tx_end(tx);
    if (!ok || !case_document_bytes(req->tenant, desk.c.id, &document, req->arena, &bytes, err) ||
        !desk_note_access(req, &desk.c, "Dokument angesehen", err))
        return false;
    bool shown = str_is(document.type, "application/pdf") || str_is(document.type, "image/png") ||
                 str_is(document.type, "image/jpeg");

    response_header(res, "Cross-Origin-Resource-Policy", STR("same-origin"));
    return respond_bytes(res, req->arena, document.type, bytes, shown ? STR_NONE : document.title);
}

/* --- Marks -------------------------------------------------------------------------------------
 */

static bool mark_document(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    Request *req = work->req;
    Str reason = str_trim(request_form(req, "grund")),
        question = str_trim(request_form(req, "frage"));
    Document document;

    if (!desk_need_work(work, desk, err) || !find_document(req, tx, desk, &document, err))
        return false;
    if (!desk_text_fits("grund", reason, 500, "Der Grund", err) ||
        !desk_text_fits("frage", question, 1000, "Ihre Frage", err) ||
        !case_document_mark(tx, &desk->c, document.id, request_form(req, "merkmal"), reason,
                            req->session.staff_id, err))
        return false;
    if (str_empty(question) || str_empty(document.path) || desk->c.closed)
        return true;
    return case_finding_add_document(tx, &desk->c, document.path, STR("missing"), question,
                                     document.id, request_actor(req), err);
}

bool desk_document_mark_post(Request *req, Response *res, Err *err)
{
    return desk_work_answer(req, res, mark_document, "merkmal", err);
}

/* --- Adding one ----------------------------------------------------------------------------------
 */

typedef struct Adding {
    FileInfo file;
    Str bytes, title;
    Date received;
} Adding;

static bool show_add(Request *req, Response *res, Str problem, Err *err)
{
    DeskCase desk;
    Out fields = out_for(req);
    Str received = request_form(req, "eingang");

    if (!desk_step_case(req, &desk, NULL, NULL, err))
        return false;
    page_field_upload(&fields, &(FieldView){.id = STR("datei"),
                                            .name = STR("datei"),
                                            .label = STR("Datei"),
                                            .hint = STR("PDF, JPG oder PNG, höchstens 20 MB"),
                                            .accept = STR(".pdf,.jpg,.jpeg,.png")});
    page_field_text(&fields, &(FieldView){.id = STR("titel"),
                                          .name = STR("titel"),
                                          .label = STR("Was ist es?"),
                                          .hint = STR("Zum Beispiel: Schreiben vom 3.3.2027"),
                                          .value = request_form(req, "titel"),
                                          .max_length = 120});
    page_field_text(&fields,
                    &(FieldView){.id = STR("eingang"),
                                 .name = STR("eingang"),
                                 .label = STR("Eingegangen am"),
                                 .hint = STR("Zum Beispiel 31.3.2027"),
                                 .value = received.ptr
                                              ? received
                                              : str_printf(req->arena, "%d.%d.%d", req->today.day,
                                                           req->today.month, req->today.year),
                                 .width = FIELD_SHORT});
    StepPage page = desk_step_of(req, &desk);

    page.title = STR("Dokument hinzufügen");
    page.lead =
        STR("Zum Beispiel ein Brief, der mit der Post kam. Die antragstellende Person sieht "
            "ihn erst, wenn Sie ihn für sie freigeben.");
    page.problem = problem;
    page.fields = out_html(&fields);
    page.button = STR("Dokument hinzufügen");
    page.files = true;
    return desk_step_show(req, res, &page, err);
}

bool desk_document_add_page(Request *req, Response *res, Err *err)
{
    return show_add(req, res, STR_NONE, err);
}

static bool read_file(Request *req, Adding *adding, Err *err)
{
    static const char *const TYPES[] = {"application/pdf", "image/jpeg", "image/png", NULL};
    FileRules rules = {.types = TYPES, .max_size = 20 * 1000 * 1000};

    if (!desk_form_text(req, "titel", 120, "Der Name des Dokuments", &adding->title, err) ||
        !desk_form_day(req, "eingang", "Der Tag des Eingangs", &adding->received, err))
        return false;
    if (date_compare(adding->received, req->today) > 0)
        return err_set(err, ERR_INPUT, "Der Tag des Eingangs liegt in der Zukunft.");
    for (size_t i = 0; i < req->upload_count; i++)
        if (str_is(req->uploads[i].field, "datei") && req->uploads[i].bytes.len) {
            adding->bytes = req->uploads[i].bytes;
            return file_prepare(req->tenant, adding->bytes, req->uploads[i].name, &rules,
                                req->arena, &adding->file, err);
        }
    return err_set(err, ERR_INPUT, "Bitte wählen Sie eine Datei aus.");
}

static bool add_document(Work *work, Tx *tx, DeskCase *desk, Err *err)
{
    const Adding *adding = work->context;
    ScanOrder order = {.file = &adding->file,
                       .bytes = adding->bytes,
                       .title = adding->title,
                       .received = adding->received,
                       .staff_id = work->req->session.staff_id};
    int64_t id;

    return desk_need_work(work, desk, err) &&
           case_document_add(tx, work->req->tenant, &desk->c, &order, &id, err);
}

bool desk_document_add_post(Request *req, Response *res, Err *err)
{
    Adding adding = {0};
    Work work = {.req = req, .run = add_document, .context = &adding};
    Str problem;
    DeskCase desk;

    if (!desk_step_case(req, &desk, NULL, NULL, err)) /* before a file is looked at */
        return false;
    if (read_file(req, &adding, err) && desk_work_write(&work, err))
        return respond_redirect(req, res,
                                str_printf(req->arena, "/desk/vorgaenge/%.*s?getan=dokument",
                                           STR_ARG(request_param(req, "id"))));
    return problem_take(req, err, &problem) && show_add(req, res, problem, err);
}
