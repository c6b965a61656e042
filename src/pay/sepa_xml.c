/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/sepa_xml.h"

#include "base/utf8.h"
#include "pay/sepa_country.h"
#include "pay/sepa_text.h"

#include <assert.h>
#include <ctype.h>

void sepa_tag(Buf *out, const char *name, Str text)
{
    assert(sepa_text_ok(text));
    buf_addf(out, "<%s>%.*s</%s>", name, STR_ARG(text), name);
}

void sepa_tag_text(Buf *out, const char *name, Str text, size_t most)
{
    sepa_tag(out, name, sepa_text(out->arena, text, most));
}

Str sepa_amount(Arena *arena, int64_t cents)
{
    return str_printf(arena, "%lld.%02d", (long long)(cents / 100), (int)(cents % 100));
}

void sepa_sums(Buf *out, int64_t count, int64_t cents)
{
    buf_addf(out, "<NbOfTxs>%lld</NbOfTxs>", (long long)count);
    sepa_tag(out, "CtrlSum", sepa_amount(out->arena, cents));
}

void sepa_agent(Buf *out, const char *name, Str bic)
{
    if (bic.len)
        buf_addf(out, "<%s><FinInstnId><BICFI>%.*s</BICFI></FinInstnId></%s>", name, STR_ARG(bic),
                 name);
    else
        buf_addf(out, "<%s><FinInstnId><Othr><Id>NOTPROVIDED</Id></Othr></FinInstnId></%s>", name,
                 name);
}

void sepa_account(Buf *out, const char *name, Str iban)
{
    buf_addf(out, "<%s><Id>", name);
    sepa_tag(out, "IBAN", iban);
    buf_addf(out, "</Id></%s>", name);
}

bool sepa_address_ok(Str town, Str country)
{
    return !utf8_blank(town) && country.len == 2 && isupper((unsigned char)country.ptr[0]) &&
           isupper((unsigned char)country.ptr[1]);
}

void sepa_party(Buf *out, const char *name, const SepaParty *party)
{
    buf_addf(out, "<%s>", name);
    sepa_tag_text(out, "Nm", party->name, 70);
    if (sepa_address_ok(party->town, party->country)) {
        buf_add_c(out, "<PstlAdr>");
        if (!utf8_blank(party->postcode))
            sepa_tag_text(out, "PstCd", party->postcode, 16);
        sepa_tag_text(out, "TwnNm", party->town, 35);
        sepa_tag_text(out, "Ctry", party->country, 2);
        if (!utf8_blank(party->street))
            sepa_tag_text(out, "AdrLine", party->street, 70);
        buf_add_c(out, "</PstlAdr>");
    }
    buf_addf(out, "</%s>", name);
}

void sepa_begin(Buf *out, Tenant *tenant, const SepaHead *head)
{
    Str at = timestamp_iso(out->arena, head->at);

    buf_addf(out,
             "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"%s\">\n<%s>\n<GrpHdr>",
             head->space, head->root);
    sepa_tag(out, "MsgId", head->message_id);
    buf_addf(out, "<CreDtTm>%.*sZ</CreDtTm>", STR_ARG(str_slice(at, 0, 19)));
    sepa_sums(out, head->count, head->cents);
    buf_add_c(out, "<InitgPty>");
    sepa_tag_text(out, "Nm", sepa_own_name(tenant), 70);
    buf_add_c(out, "</InitgPty></GrpHdr>\n");
}

void sepa_end(Buf *out, const SepaHead *head)
{
    buf_addf(out, "</%s>\n</Document>\n", head->root);
}

Str sepa_own_name(const Tenant *tenant)
{
    Str name = tenant_setting(tenant, "money.creditor");

    return name.len ? name : tenant_title(tenant);
}

Str sepa_own_iban(const Tenant *tenant, Arena *arena)
{
    return str_replace(arena, tenant_setting(tenant, "money.iban"), STR(" "), STR(""));
}

Str sepa_own_bic(const Tenant *tenant, Arena *arena)
{
    Str bic = str_replace(arena, tenant_setting(tenant, "money.bic"), STR(" "), STR(""));

    return sepa_bic_ok(bic) ? bic : STR_NONE;
}
