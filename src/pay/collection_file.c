/* SPDX-License-Identifier: EUPL-1.2 */
/* The pain.008 file of a collection, from its rows: one payment information for each sequence
 * type. */
#include "pay/collection.h"
#include "pay/sepa_file.h"
#include "pay/sepa_xml.h"

enum { PAGE = 1000 };

static const char *const SEQUENCES[] = {"RCUR", "OOFF"};

typedef struct Writing {
    Tx *tx;
    Tenant *tenant;
    const Collection *collection;
    Arena *arena;
    Buf out;
    Err *err;
} Writing;

static bool sums_of(const Writing *writing, const char *sequence, int64_t *count, int64_t *cents)
{
    *count = *cents = 0;
    return tx_query_int(writing->tx, writing->err, count,
                        "SELECT COUNT(*) FROM collection_item WHERE collection_id = $1 AND "
                        "sequence = $2",
                        P_INT(writing->collection->id), P_TEXT(str_c(sequence))) &&
           tx_query_int(writing->tx, writing->err, cents,
                        "SELECT CAST(COALESCE(SUM(cents), 0) AS BIGINT) FROM collection_item "
                        "WHERE collection_id = $1 AND sequence = $2",
                        P_INT(writing->collection->id), P_TEXT(str_c(sequence)));
}

static void write_creditor(Writing *writing)
{
    Buf *out = &writing->out;
    Tenant *tenant = writing->tenant;
    Arena *arena = writing->arena;

    sepa_party(out, "Cdtr", &(SepaParty){.name = sepa_own_name(tenant)});
    sepa_account(out, "CdtrAcct", sepa_own_iban(tenant, arena));
    sepa_agent(out, "CdtrAgt", sepa_own_bic(tenant, arena));
    buf_add_c(out, "<ChrgBr>SLEV</ChrgBr><CdtrSchmeId><Id><PrvtId><Othr>");
    sepa_tag(out, "Id", tenant_setting(tenant, "money.creditor_id"));
    buf_add_c(out, "<SchmeNm><Prtry>SEPA</Prtry></SchmeNm></Othr></PrvtId></Id></CdtrSchmeId>\n");
}

static void write_item(Writing *writing, const CollectionItem *item)
{
    Buf *out = &writing->out;
    const Mandate *mandate = &item->mandate;
    Arena *arena = writing->arena;
    SepaParty debtor = {mandate->holder, mandate->street, mandate->postcode, mandate->town,
                        mandate->country};

    buf_add_c(out, "<DrctDbtTxInf><PmtId>");
    sepa_tag(out, "EndToEndId", item->end_to_end);
    buf_addf(out, "</PmtId><InstdAmt Ccy=\"EUR\">%.*s</InstdAmt><DrctDbtTx><MndtRltdInf>",
             STR_ARG(sepa_amount(arena, item->cents)));
    sepa_tag_text(out, "MndtId", mandate->reference, 35);
    sepa_tag(out, "DtOfSgntr", date_iso(arena, mandate->signed_on));
    buf_add_c(out, "</MndtRltdInf></DrctDbtTx>");
    sepa_agent(out, "DbtrAgt", mandate->bic);
    sepa_party(out, "Dbtr", &debtor);
    sepa_account(out, "DbtrAcct", mandate->iban);
    buf_add_c(out, "<RmtInf>");
    sepa_tag_text(out, "Ustrd",
                  str_printf(arena, "%.*s, Kassenzeichen %.*s", STR_ARG(item->purpose),
                             STR_ARG(item->payment_reference)),
                  140);
    buf_add_c(out, "</RmtInf></DrctDbtTxInf>\n");
}

/* Items are read by the page; those of another sequence are passed over. */
static bool write_items(Writing *writing, const char *sequence)
{
    int64_t after = 0;

    for (;;) {
        Arena *page = arena_create(0);
        CollectionItem *items;
        size_t count;
        bool ok = collection_items(writing->tx, writing->collection->id, STR_NONE, after, PAGE,
                                   page, &items, &count, writing->err);
        for (size_t i = 0; ok && i < count; i++) {
            after = items[i].id;
            if (str_is(items[i].sequence, sequence))
                write_item(writing, &items[i]);
        }
        arena_destroy(page);
        if (!ok || count < PAGE)
            return ok;
    }
}

static bool write_information(Writing *writing, const char *sequence)
{
    Buf *out = &writing->out;
    int64_t count, cents;

    if (!sums_of(writing, sequence, &count, &cents))
        return false;
    if (count == 0)
        return true;
    buf_add_c(out, "<PmtInf>");
    sepa_tag(
        out, "PmtInfId",
        str_printf(writing->arena, "%.*s-%s", STR_ARG(writing->collection->message_id), sequence));
    buf_add_c(out, "<PmtMtd>DD</PmtMtd><BtchBookg>true</BtchBookg>");
    sepa_sums(out, count, cents);
    buf_addf(out,
             "<PmtTpInf><SvcLvl><Cd>SEPA</Cd></SvcLvl><LclInstrm><Cd>CORE</Cd></LclInstrm>"
             "<SeqTp>%s</SeqTp></PmtTpInf>",
             sequence);
    sepa_tag(out, "ReqdColltnDt", date_iso(writing->arena, writing->collection->collect_on));
    write_creditor(writing);
    if (!write_items(writing, sequence))
        return false;
    buf_add_c(out, "</PmtInf>\n");
    return true;
}

bool collection_render(Tx *tx, Tenant *tenant, int64_t id, Arena *arena, Str *xml, Err *err)
{
    Collection collection;

    if (!collection_by_id(tx, id, arena, &collection, err))
        return false;
    Writing writing = {.tx = tx,
                       .tenant = tenant,
                       .collection = &collection,
                       .arena = arena,
                       .out = buf_in(arena),
                       .err = err};
    SepaHead head = {.space = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.08",
                     .root = "CstmrDrctDbtInitn",
                     .message_id = collection.message_id,
                     .at = collection.created_at,
                     .count = collection.count,
                     .cents = collection.cents};
    sepa_begin(&writing.out, tenant, &head);
    for (size_t i = 0; i < sizeof SEQUENCES / sizeof *SEQUENCES; i++)
        if (!write_information(&writing, SEQUENCES[i]))
            return false;
    sepa_end(&writing.out, &head);
    *xml = buf_str(&writing.out);
    return true;
}

/* --- Keeping it ----------------------------------------------------------------------------------
 */

bool collection_note_file(Tx *tx, const SepaFile *file, Str sha256, bool *keep, Err *err)
{
    int64_t changed = 0, there = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE collection SET sha256 = $2, status = 'made' WHERE id = $1 AND "
                       "status <> 'withdrawn' AND sha256 IS NULL AND revision = $3",
                       P_INT(file->id), P_TEXT(sha256), P_INT(file->revision)))
        return false;
    *keep = changed > 0;
    if (*keep)
        return true;
    return tx_query_int(tx, err, &there,
                        "SELECT COUNT(*) FROM collection WHERE id = $1 AND status <> 'withdrawn'",
                        P_INT(file->id)) &&
           (there || err_set(err, ERR_CONFLICT, "Diese Lastschrift ist inzwischen verworfen."));
}

/* One attempt: `*there` when the file of the rows as they are is kept, by whomever. */
static bool write_once(Tenant *tenant, int64_t id, Arena *arena, bool *there, Err *err)
{
    SepaFile file = {
        .message = SEPA_PAIN_008, .owner = "collection", .id = id, .note = collection_note_file};
    Collection collection;
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = collection_by_id(tx, id, arena, &collection, err);

    *there = ok && collection.sha256.ptr;
    ok = ok && (*there || collection_render(tx, tenant, id, arena, &file.xml, err));
    tx_end(tx);
    if (!ok || *there)
        return ok;
    if (collection.count == 0)
        return err_set(err, ERR_CONFLICT, "Es gibt nichts einzuziehen.");
    file.message_id = collection.message_id;
    file.count = collection.count;
    file.cents = collection.cents;
    file.revision = collection.revision;
    return sepa_file_keep(tenant, &file, arena, err);
}

bool collection_write(Tenant *tenant, int64_t id, Arena *arena, Err *err)
{
    enum { MOST_ATTEMPTS = 10 };
    bool there = false;

    for (int i = 0; i < MOST_ATTEMPTS && !there; i++)
        if (!write_once(tenant, id, arena, &there, err))
            return false;
    return there || err_set(err, ERR_CONFLICT,
                            "Die Lastschrift ändert sich gerade. Bitte versuchen Sie es gleich "
                            "noch einmal.");
}
