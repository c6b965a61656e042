/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/own_looks.h"

#include "base/vec.h"
#include "ident/ident.h"

Str own_look_office(Request *req, Tx *tx, int64_t staff_id)
{
    const Node *offices = node_get(req->tenant->settings, "offices");
    Staff staff;
    Err err = {0};

    if (staff_id == 0)
        return tr(req->lang, "Sie selbst");
    if (ident_staff_by_id(tx, staff_id, req->arena, &staff, &err))
        for (size_t i = 0; i < staff.grant_count; i++) {
            const Node *office = node_get_str(offices, staff.grants[i].office);
            if (office && node_get(office, "name"))
                return text_in(node_get(office, "name"), req->lang);
        }
    return tenant_title(req->tenant);
}

Str own_look_purpose(Request *req, Str purpose)
{
    static const struct {
        const char *recorded, *shown;
    } WORDS[] = {
        {"Vorgang angesehen", N_("Antrag geöffnet")},
        {"Dokument angesehen", N_("Dokument geöffnet")},
        {"Brief angesehen", N_("Brief geöffnet")},
        {"Registereintrag angesehen", N_("Registereintrag geöffnet")},
        {"Registereintrag zum Berichtigen geöffnet", N_("Registereintrag geöffnet")},
        {"Vorschlag zum Registereintrag angesehen", N_("Registereintrag geöffnet")},
        {"Vorschlag angesehen", N_("Entwurf der Entscheidung geöffnet")},
        {"Verwandte Vorgänge angesehen", N_("Zusammenhang mit anderen Anträgen geprüft")},
        {"über die Schnittstelle gelesen", N_("Mit einem Programm der Stadt gelesen")},
        {"In einen eigenen Antrag übernommen", N_("In einen eigenen Antrag übernommen")},
    };

    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (str_is(purpose, WORDS[i].recorded))
            return tr(req->lang, WORDS[i].shown);
    return tr(req->lang, "Antrag geöffnet");
}

/* Has the same person looked for the same purpose on the day already? Their office need not be
 * looked up again then. */
static bool seen_that_day(const CaseAccess *looks, size_t index)
{
    const CaseAccess *look = &looks[index];
    Date day = date_in_berlin(look->at);

    for (size_t i = index; i-- > 0 && date_compare(date_in_berlin(looks[i].at), day) == 0;)
        if (looks[i].staff_id == look->staff_id && str_eq(looks[i].purpose, look->purpose))
            return true;
    return false;
}

void own_look_facts(Request *req, Tx *tx, const CaseAccess *looks, size_t look_count,
                    const FactView **out, size_t *count)
{
    struct {
        FactView *items;
        size_t count, capacity;
    } list = {0};

    for (size_t i = 0; i < look_count; i++) {
        if (seen_that_day(looks, i))
            continue;
        FactView fact = {.label = date_long(req->arena, date_in_berlin(looks[i].at), req->lang),
                         .value = str_printf(req->arena, "%.*s: %.*s",
                                             STR_ARG(own_look_office(req, tx, looks[i].staff_id)),
                                             STR_ARG(own_look_purpose(req, looks[i].purpose)))};
        bool known = false;

        for (size_t k = 0; k < list.count && !known; k++)
            known =
                str_eq(list.items[k].label, fact.label) && str_eq(list.items[k].value, fact.value);
        if (!known)
            VEC_PUSH(req->arena, &list, fact);
    }
    *out = list.items;
    *count = list.count;
}

bool open_case_looks(Request *req, Tx *tx, const Case *c, const FactView **out, size_t *count,
                     Err *err)
{
    CaseAccess *looks;
    size_t found;

    if (!case_accesses(tx, c->id, req->arena, &looks, &found, err))
        return false;
    own_look_facts(req, tx, looks, found, out, count);
    return true;
}
