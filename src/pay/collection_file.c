/* SPDX-License-Identifier: EUPL-1.2 */
/* The pain.008 file of a collection, from its rows: one payment information for each sequence
 * type. */
#include "core/store/file.h"
#include "pay/collection.h"
#include "pay/sepa_schema.h"
#include "pay/sepa_xml.h"

enum { PAGE = 1000 };
enum { FILE_MAX = 256 << 20 };

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

typedef struct Keeping {
    Tenant *tenant;
    int64_t id;
    FileInfo info;
    Str xml;
    Arena *arena;
} Keeping;

static bool keep_file(Tx *tx, void *context, Err *err)
{
    const Keeping *keeping = context;
    int64_t changed = 0, made = 0;

    if (!tx_exec_count(tx, err, &changed,
                       "UPDATE collection SET sha256 = $2, status = 'made' WHERE id = $1 AND "
                       "status <> 'withdrawn' AND sha256 IS NULL",
                       P_INT(keeping->id), P_TEXT(str_c(keeping->info.sha256))))
        return false;
    if (changed == 0) /* another was faster, with the same file; or it was discarded */
        return tx_query_int(tx, err, &made,
                            "SELECT COUNT(*) FROM collection WHERE id = $1 AND status = 'made'",
                            P_INT(keeping->id)) &&
               (made || err_set(err, ERR_CONFLICT, "Diese Lastschrift ist inzwischen verworfen."));
    return file_put(tx, keeping->tenant, &keeping->info, keeping->xml,
                    str_printf(keeping->arena, "collection/%lld", (long long)keeping->id), err);
}

bool collection_write(Tenant *tenant, int64_t id, Arena *arena, Err *err)
{
    Keeping keeping = {.tenant = tenant, .id = id, .arena = arena};
    Collection collection;
    SepaTotals totals;
    Tx *tx = db_read(tenant->db, err);

    if (!tx)
        return false;
    bool ok = collection_by_id(tx, id, arena, &collection, err) &&
              collection_render(tx, tenant, id, arena, &keeping.xml, err);
    tx_end(tx);
    if (!ok || collection.sha256.ptr)
        return ok;
    if (collection.count == 0)
        return err_set(err, ERR_CONFLICT, "Es gibt nichts einzuziehen.");
    /* A file that the bank would refuse is not offered. */
    if (!sepa_check(keeping.xml, SEPA_PAIN_008, &totals, err))
        return err_set(err, ERR_INTERNAL, "the file of collection %lld is not right: %s",
                       (long long)id, str_cstr(arena, str_c(err->message)));
    if (totals.count != collection.count || totals.cents != collection.cents)
        return err_set(err, ERR_INTERNAL, "collection %lld has %lld items, its file %lld",
                       (long long)id, (long long)collection.count, (long long)totals.count);
    return file_prepare(tenant, keeping.xml,
                        str_printf(arena, "%.*s.xml", STR_ARG(collection.message_id)),
                        &(FileRules){.max_size = FILE_MAX}, arena, &keeping.info, err) &&
           db_write(tenant->db, keep_file, &keeping, err);
}
