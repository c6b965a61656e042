/* SPDX-License-Identifier: EUPL-1.2 */
/* The case page: what is to be decided on top, findings beside the data they concern, then tasks,
 * documents, charges and the folded history. Every look is noted and shown to the applicant.
 *
 * What stands beside the list is kept in memory for its reader until something that it was made of
 * changes: its key says who reads with which rights, the day, the address and the reader's last
 * look; what it read of the database is noted as it is made (core/store/shelf.h). */
#include "cases/desk_case.h"

#include "cases/desk_case.html.h"
#include "core/http/request.h"

enum { MADE_BESIDE_BYTES = 1024 }; /* what is kept beside the HTML */

/* --- Loading ------------------------------------------------------------------------------------
 */

static bool load_case(CaseLoad *load, Timestamp since, Err *err)
{
    case_load_head(load);
    if (!case_load_staff(load, err) || !case_load_findings(load, err) ||
        !case_load_documents(load, err) || !case_load_tasks(load, err) ||
        !case_load_actions(load, err) || !case_load_proposal(load, err) ||
        !case_load_charges(load, err) || !case_load_links(load, err) ||
        !case_load_memo(load, err) || !case_load_history(load, err))
        return false;
    case_fill_news(load, since);
    case_load_data(load);
    return true;
}

/* --- Notes of looks, and of what was done --------------------------------------------------------
 */

bool desk_note_access(Request *req, const Case *c, const char *purpose, Err *err)
{
    return case_looked(req->tenant->db, c, req->session.staff_id, str_c(purpose), err);
}

/* What was just done, by the word that its redirect carries. */
static const struct {
    const char *word, *text;
} NOTICES[] = {
    {"nachgefordert", "Die Nachforderung ist verschickt."},
    {"entschieden", "Ihre Entscheidung ist gespeichert."},
    {"vorgeschlagen", "Ihr Vorschlag liegt jetzt zur Zustimmung."},
    {"zurueckgegeben", "Der Vorschlag ist zurückgegeben."},
    {"zurueckgenommen", "Ihr Vorschlag ist zurückgenommen."},
    {"wiedervorlage", "Die Wiedervorlage ist angelegt."},
    {"erinnert", "Die Wiedervorlage ist erledigt."},
    {"verschoben", "Die Wiedervorlage ist verschoben."},
    {"frist", "Die Frist ist geändert."},
    {"notiz", "Ihre Notiz ist gespeichert."},
    {"aufgabe", "Die Aufgabe ist erledigt."},
    {"uebernommen", "Sie haben diesen Vorgang übernommen."},
    {"zustaendig", "Die Zuständigkeit ist geändert."},
    {"verknuepft", "Die Vorgänge sind verknüpft."},
    {"geloest", "Die Verbindung ist gelöst."},
    {"zusammengefuehrt",
     "Der Vorgang ist zusammengeführt. Die antragstellende Person erfährt davon."},
    {"getrennt", "Die Zusammenführung ist zurückgenommen."},
    {"brief", "Ihr Brief wird verschickt."},
    {"merkmal", "Das Dokument ist gekennzeichnet."},
    {"dokument", "Das Dokument liegt jetzt im Vorgang."},
    {"freigegeben", "Freigegeben. Es liegt jetzt auf der Seite der antragstellenden Person."},
    {"zurueckgeholt", "Die Freigabe ist zurückgenommen."},
    {"hinweis", "Der Prüfhinweis ist gespeichert."},
};

static Str notice_text(Str done)
{
    for (size_t i = 0; i < sizeof NOTICES / sizeof *NOTICES; i++)
        if (str_is(done, NOTICES[i].word))
            return str_c(NOTICES[i].text);
    return STR_NONE;
}

/* --- Made, or kept -------------------------------------------------------------------------------
 */

/* What stands beside the list. It may be sent many times: its forms' tokens are new each time. */
typedef struct MadeCase {
    Case c; /* its id and citizen, for noting looks */
    Str title;
    bool document; /* one is shown beside the data */
    Html html;
    TokenPlaces places;
} MadeCase;

/* A form that was sent and not taken. */
typedef struct Refused {
    Str words, field;
} Refused;

/* STR_NONE: not to be kept. What was just done is said once. */
static Str key_of(const Request *req, Timestamp since, const Refused *refused)
{
    Buf key = buf_in(req->arena);

    if (refused || request_query(req, "getan").ptr || request_query(req, "suche").ptr)
        return STR_NONE;
    buf_add_c(&key, "case|");
    buf_add(&key, request_param(req, "id"));
    buf_add_char(&key, '|');
    buf_add_i64(&key, since);
    buf_add_char(&key, '|');
    buf_add(&key, desk_reader_key(req));
    for (size_t i = 0; i < req->query_count; i++)
        buf_addf(&key, "|%zu %.*s=%zu %.*s", req->query[i].name.len, STR_ARG(req->query[i].name),
                 req->query[i].value.len, STR_ARG(req->query[i].value));
    return buf_str(&key);
}

static MadeCase write_case(Request *req, const CaseLoad *load)
{
    Out out = out_for(req);
    MadeCase made = {.c.id = load->desk.c.id,
                     .c.citizen_id = load->desk.c.citizen_id,
                     .title = str_printf(req->arena, "%.*s %.*s", STR_ARG(load->view->number),
                                         STR_ARG(load->view->applicant)),
                     .document = load->view->shown != NULL,
                     .places.buf = out.buf};

    out.places = &made.places;
    page_desk_case(&out, load->view);
    made.html = out_html(&out);
    return made;
}

/* With what it points to. */
static const MadeCase *copy_case(Arena *arena, const MadeCase *made)
{
    MadeCase *copy = arena_copy(arena, made, sizeof *made);

    copy->title = str_copy(arena, made->title);
    copy->html.str = str_copy(arena, made->html.str);
    copy->places.items =
        arena_copy(arena, made->places.items, made->places.count * sizeof *made->places.items);
    return copy;
}

typedef struct CasePage {
    const MadeCase *made;
    const Beside *list;
    CaseLook look;
    Shelved *kept_case, *kept_list; /* hold them, or NULL */
} CasePage;

/* The case as it is now, kept under `key` if there is one. */
static bool make_case(Request *req, Tx *tx, Str key, const Refused *refused, CasePage *page,
                      Err *err)
{
    CaseView view = {.problem = refused ? refused->words : STR_NONE,
                     .refused = {refused ? req : NULL, refused ? refused->field : STR_NONE},
                     .notice = notice_text(request_query(req, "getan")),
                     .query = page->list->query};
    CaseLoad load = {.req = req, .tx = tx, .view = &view, .arena = req->arena};
    TableSet outer = tx_reading_start(tx);
    bool ok = desk_case(req, tx, &load.desk, err) &&
              (key.ptr || case_look(req, tx, load.desk.c.id, &page->look, err)) &&
              load_case(&load, page->look.since, err);
    DbReading reading = tx_reading_end(tx, &outer);

    if (ok) {
        MadeCase *made = arena_new(req->arena, MadeCase);

        *made = write_case(req, &load);
        page->made = made;
    }
    if (ok && key.ptr) {
        Arena *arena = arena_create(page->made->html.str.len + MADE_BESIDE_BYTES);
        const MadeCase *copy = copy_case(arena, page->made);

        page->kept_case = shelf_put(tx_db(tx), key, &reading, arena, copy, req->now);
    }
    shelved_release(load.kept);
    return ok;
}

/* The reader's look decides what is new, and so what is kept for them; a case that is asked for by
 * its number is looked up first, and made anew. */
static bool find_case(Request *req, Tx *tx, const Refused *refused, CasePage *page, Err *err)
{
    Str key = STR_NONE;
    int64_t id;

    if (!desk_list_beside(req, tx, &page->list, &page->kept_list, err))
        return false;
    if (str_to_i64(request_param(req, "id"), &id)) {
        if (!case_look(req, tx, id, &page->look, err))
            return false;
        key = key_of(req, page->look.since, refused);
    }
    page->kept_case = key.ptr ? shelf_find(tx, key, req->now) : NULL;
    if (!page->kept_case)
        return make_case(req, tx, key, refused, page, err);
    page->made = shelved_value(page->kept_case);
    return true;
}

static bool send_case(Request *req, Response *res, const CasePage *page)
{
    Out out = out_for(req);
    Out made = out_for(req);

    out_with_tokens(&made, page->made->html, &page->made->places);
    page_desk_case_beside(&out, page->list, page->made->c.id, page->made->document,
                          out_html(&made));
    return page_send(req, res,
                     &(PageFrame){.area = AREA_DESK,
                                  .title = page->made->title,
                                  .active = STR("/desk/vorgaenge"),
                                  .wide = true},
                     out_html(&out));
}

/* --- The page ----------------------------------------------------------------------------------
 */

/* The case page; `refused` (may be NULL) is said on top and at its field. */
static bool show_case(Request *req, Response *res, const Refused *refused, Err *err)
{
    CasePage page = {0};
    Tx *tx = db_read(req->tenant->db, err);

    if (!tx)
        return false;
    bool ok = find_case(req, tx, refused, &page, err);

    tx_end(tx);
    ok = ok && (page.look.noted || desk_note_access(req, &page.made->c, CASE_OPENED, err));
    if (refused)
        res->status = 409;
    ok = ok && send_case(req, res, &page);
    shelved_release(page.kept_case);
    shelved_release(page.kept_list);
    return ok;
}

bool desk_case_page(Request *req, Response *res, Err *err)
{
    return show_case(req, res, NULL, err);
}

bool desk_case_refuse(Request *req, Response *res, Err *err)
{
    Refused refused = {.field = str_copy(req->arena, str_c(err->field))};

    return problem_take(req, err, &refused.words) && show_case(req, res, &refused, err);
}
