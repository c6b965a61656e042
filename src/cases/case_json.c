/* SPDX-License-Identifier: EUPL-1.2 */
#include "cases/case_json.h"

void case_json_brief(const Case *c, Arena *arena, Node *out)
{
    node_set_text(arena, out, "caseNumber", c->number);
    node_set_text(arena, out, "service", c->service);
    node_set_text(arena, out, "procedure", c->procedure);
    node_set_text(arena, out, "state", c->state);
    node_set_text(arena, out, "applicant", c->applicant);
    node_set_text(arena, out, "submitted", timestamp_iso(arena, c->submitted));
}

void case_json_head(const Case *c, Arena *arena, Node *out)
{
    case_json_brief(c, arena, out);
    node_set_text(arena, out, "email", c->email);
    node_set_text(arena, out, "language", c->lang);
    node_set_text(arena, out, "channel", c->channel);
}

Node *case_json_document(const Document *document, Arena *arena)
{
    Node *out = node_map(arena);

    node_set_text(arena, out, "kind", document->kind);
    node_set_text(arena, out, "title", document->title);
    node_set_text(arena, out, "type", document->type);
    node_set_text(arena, out, "sha256", document->sha256);
    node_set_text(arena, out, "created", timestamp_iso(arena, document->created));
    return out;
}

Node *case_json_charge(const Charge *charge, Arena *arena)
{
    Node *out = node_map(arena);

    node_set_text(arena, out, "paymentReference", charge->payment_reference);
    node_set_text(arena, out, "purpose", charge->purpose);
    node_set(arena, out, STR("owedCents"), node_int(arena, charge->owed_cents));
    node_set(arena, out, STR("paidCents"), node_int(arena, charge->paid_cents));
    if (!date_absent(charge->due))
        node_set_text(arena, out, "due", date_iso(arena, charge->due));
    return out;
}
