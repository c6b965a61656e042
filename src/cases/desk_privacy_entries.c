/* SPDX-License-Identifier: EUPL-1.2 */
/* Who has looked at entries of registers, with names: also at those that no case made, and at
 * what is only proposed. Found by words of the entry, by who looked, or by both. */
#include "cases/desk.h"
#include "cases/register_row.h"
#include "cases/retention.h"
#include "core/http/request.h"
#include "core/page/out.h"
#include "core/store/rows.h"

enum { SHOWN = 200, WORDS_MAX = 40 };

#define THE_PERSON STR("die Person selbst")

typedef struct Asked {
    Str *words; /* normalised beginnings of words that must all be there */
    size_t word_count;
    Str people;     /* ",3,17,": one of them looked; STR_NONE: whoever did */
    bool nobody;    /* has the name that was asked for */
    int64_t before; /* the look that was shown last */
} Asked;

static bool begins(const Str *words, size_t count, Str beginning)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(str_slice(words[i], 0, beginning.len), beginning))
            return true;
    return false;
}

static bool has_all(Str name, const Str *asked, size_t asked_count, Arena *arena)
{
    Str *words = NULL;
    size_t count = search_terms(name, arena, &words);

    for (size_t i = 0; i < asked_count; i++)
        if (!begins(words, count, asked[i]))
            return false;
    return true;
}

/* Everybody who has or had an account with such a name; 0 is the person whose entry it is. */
static bool find_people(Request *req, Tx *tx, PrivacyPage *page, Asked *out, Err *err)
{
    StaffName *all;
    Str *words = NULL;
    size_t all_count, count = search_query_terms(page->entry_who, req->arena, &words);
    Buf people = buf_in(req->arena);

    if (count == 0) {
        page->who_problem = STR("Schreiben Sie einen Namen oder den Anfang eines Namens.");
        return true;
    }
    if (!ident_staff_names(tx, req->arena, &all, &all_count, err))
        return false;
    buf_add_char(&people, ',');
    if (has_all(THE_PERSON, words, count, req->arena))
        buf_add_c(&people, "0,");
    for (size_t i = 0; i < all_count; i++)
        if (has_all(all[i].name, words, count, req->arena))
            buf_addf(&people, "%lld,", (long long)all[i].id);
    out->people = buf_str(&people);
    out->nobody = people.len == 1;
    return true;
}

static void add_beginning(Query *sql, const char *alias, Str word, Arena *arena)
{
    buf_addf(&sql->sql, " AND %s.term >= ", alias);
    query_param(sql, P_TEXT(word));
    buf_addf(&sql->sql, " AND %s.term < ", alias);
    query_param(sql, P_TEXT(str_printf(arena, "%.*s\xf4\x8f\xbf\xbf", STR_ARG(word))));
}

/* Of every register that ever had an entry, whether a service still has it or not. */
#define REGISTERS                                                                      \
    "WITH RECURSIVE known (id) AS (SELECT MIN(register) FROM register_term UNION ALL " \
    "SELECT (SELECT MIN(register) FROM register_term WHERE register > known.id) FROM " \
    "known WHERE known.id IS NOT NULL) SELECT id FROM known WHERE id IS NOT NULL"

/* Entries of which some row, of any time, has all words: who kept the dog before is found too. */
static void add_words(Query *sql, Request *req, const Asked *asked)
{
    query_add(sql, " AND a.entry_id IN (SELECT e.entry_id FROM register_term t JOIN register_entry "
                   "e ON e.row_id = t.row_id WHERE t.register IN (" REGISTERS ")");
    add_beginning(sql, "t", asked->words[0], req->arena);
    for (size_t i = 1; i < asked->word_count; i++) {
        query_add(sql, " AND EXISTS (SELECT 1 FROM register_term p WHERE p.row_id = t.row_id");
        add_beginning(sql, "p", asked->words[i], req->arena);
        query_add(sql, ")");
    }
    query_add(sql, ")");
}

static Rows *find_looks(Request *req, Tx *tx, const Asked *asked, Err *err)
{
    Query sql = {.sql = buf_in(req->arena)};

    query_add(&sql, "SELECT a.at, a.staff_id, a.register, a.purpose, h.title, a.id FROM "
                    "register_access a LEFT JOIN register_entry h ON h.entry_id = a.entry_id AND "
                    "h.register = a.register AND h.head = 1 WHERE a.id < ");
    query_param(&sql, P_INT(asked->before));
    if (asked->people.ptr) {
        query_add(&sql, " AND ");
        query_param(&sql, P_TEXT(asked->people));
        query_add(&sql, " LIKE '%,' || a.staff_id || ',%'");
    }
    if (asked->word_count)
        add_words(&sql, req, asked);
    query_add(&sql, " ORDER BY a.id DESC LIMIT ");
    query_param(&sql, P_INT(SHOWN + 1));
    return tx_query_text(tx, req->arena, err, buf_str(&sql.sql), sql.params, sql.count);
}

static Str name_of(Request *req, Str register_id)
{
    const Package *const *packages;
    size_t count = tenant_packages(req->tenant, &packages);

    for (size_t i = 0; i < count; i++) {
        const RegisterSpec *spec = package_register(packages[i], register_id);

        if (spec)
            return text_in(spec->name, STR("de"));
    }
    return register_id;
}

static EntryLookRow row_of(Request *req, Tx *tx, Rows *rows)
{
    Str title = row_text(rows, 4);
    int64_t staff_id = row_int(rows, 1);

    return (EntryLookRow){
        .id = row_int(rows, 5),
        .when = timestamp_long(req->arena, row_int(rows, 0), STR("de")),
        .who = staff_id ? desk_staff_name(tx, staff_id, req->arena) : THE_PERSON,
        .entry = str_printf(req->arena, "%.*s: %.*s", STR_ARG(name_of(req, row_text(rows, 2))),
                            STR_ARG(title.ptr ? title : STR("ein Vorschlag, noch kein Eintrag"))),
        .purpose = row_text(rows, 3)};
}

static void read_words(Request *req, PrivacyPage *page, Asked *out)
{
    out->word_count = search_query_terms(page->entry_words, req->arena, &out->words);
    if (out->word_count == 0)
        page->entry_problem = STR("Schreiben Sie ein Wort, das im Eintrag steht.");
    if (out->word_count > WORDS_MAX)
        page->entry_problem =
            str_printf(req->arena, "Das sind %zu Wörter. Suchen Sie bitte mit höchstens %d.",
                       out->word_count, WORDS_MAX);
}

/* What the page asks for; a problem is said on it. */
static bool read_asked(Request *req, Tx *tx, PrivacyPage *page, Asked *out, Err *err)
{
    page->entry_words = str_trim(request_query(req, "eintrag"));
    page->entry_who = str_trim(request_query(req, "wer"));
    page->entry_asked = !str_empty(page->entry_words) || !str_empty(page->entry_who);
    if (!str_to_i64(request_query(req, "vor"), &out->before))
        out->before = INT64_MAX;
    if (!str_empty(page->entry_words))
        read_words(req, page, out);
    return str_empty(page->entry_who) || find_people(req, tx, page, out, err);
}

static Str rest_of(Request *req, const PrivacyPage *page, int64_t last)
{
    return str_printf(req->arena, "/desk/datenschutz?eintrag=%s&wer=%s&vor=%lld#register",
                      url_part(req->arena, page->entry_words.ptr ? page->entry_words : STR("")),
                      url_part(req->arena, page->entry_who.ptr ? page->entry_who : STR("")),
                      (long long)last);
}

bool privacy_entry_looks(Request *req, Tx *tx, PrivacyPage *page, Err *err)
{
    Asked asked = {0};

    if (!read_asked(req, tx, page, &asked, err))
        return false;
    if (!page->entry_asked || asked.nobody || page->entry_problem.ptr || page->who_problem.ptr)
        return true;
    Rows *rows = find_looks(req, tx, &asked, err);

    if (!ROWS_LIST(rows, req->arena, &page->entry_looks, &page->entry_look_count, err,
                   row_of(req, tx, rows)))
        return false;
    if (page->entry_look_count > SHOWN) {
        page->entry_look_count = SHOWN;
        page->entry_rest = rest_of(req, page, page->entry_looks[SHOWN - 1].id);
    }
    return true;
}
