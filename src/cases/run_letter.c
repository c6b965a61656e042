/* SPDX-License-Identifier: EUPL-1.2 */
/* What a run's letters say: fixed in the transaction that assesses, like those of a case. The head
 * is the same for all letters of a run and kept once. */
#include "cases/run_store.h"

static CaseWork work_of(const RunPass *pass, Arena *arena)
{
    return (CaseWork){.tenant = pass->tenant,
                      .package = pass->package,
                      .process = pass->run->process,
                      .today = pass->row.today,
                      .arena = arena,
                      .env = pass->env};
}

Node *run_letter_head(Tenant *tenant, const LetterTemplate *letter, Arena *arena)
{
    CaseWork work = {.tenant = tenant, .arena = arena};

    return case_letter_head(&work, letter->office);
}

static Node *snapshot(const RunPass *pass, const LetterTemplate *letter, const RunItem *item,
                      Str subject, Str body, const FeelValue *charges, Arena *arena)
{
    CaseWork work = work_of(pass, arena);
    Node *out = node_map(arena);
    Node *lines = node_list(arena);
    size_t count = feel_list_count(charges);
    Node *giro = letter->giro ? case_letter_giro(&work, charges) : NULL;

    for (size_t i = 0; i < item->line_count; i++)
        node_append(arena, lines, node_string(arena, item->lines[i]));
    node_add(arena, out, STR("lang"), node_string(arena, letter->texts[0].lang));
    node_add(arena, out, STR("subject"), node_string(arena, subject));
    node_add(arena, out, STR("recipient"), lines);
    node_add(arena, out, STR("date"), node_string(arena, date_iso(arena, pass->row.today)));
    if (count > 0) {
        const FeelValue *sign =
            feel_context_get(feel_list_at(charges, count - 1), STR("payment_reference"));

        node_add(arena, out, STR("sign"), node_string(arena, feel_to_text(arena, sign)));
    }
    node_add(arena, out, STR("body"), node_string(arena, body));
    node_add(arena, out, STR("template"), node_string(arena, letter->id));
    if (giro)
        node_add(arena, out, STR("giro"), giro);
    return out;
}

bool run_letter_words(const RunPass *pass, const LetterTemplate *letter, const RunItem *item,
                      const FeelValue *charges, Arena *arena, Str *subject, Str *body, Err *err)
{
    const LetterText *text = &letter->texts[0]; /* the binding German one */
    const FeelValue *context = feel_context_put(arena, item->context, STR("charges"), charges);

    return (text_render(text->subject, text->lang, context, &pass->env, TEXT_PLAIN, arena, subject,
                        err) &&
            text_render(text->body, text->lang, context, &pass->env, TEXT_MARKDOWN, arena, body,
                        err)) ||
           err_context(err, "letter %.*s", STR_ARG(letter->id));
}

bool run_letter_order(Tx *tx, const RunPass *pass, const LetterTemplate *letter,
                      const RunItem *item, int64_t position, const FeelValue *charges, Arena *arena,
                      Err *err)
{
    Str subject, body;

    if (!run_letter_words(pass, letter, item, charges, arena, &subject, &body, err))
        return false;
    return tx_exec(
        tx, err,
        "INSERT INTO run_letter (run_id, position, key, title, sort, citizen_id, "
        "snapshot, size, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8)",
        P_INT(pass->row.id), P_INT(position), P_TEXT(item->key), P_TEXT(subject),
        P_TEXT(item->sort), P_INT(item->citizen_id),
        P_TEXT(node_json(snapshot(pass, letter, item, subject, body, charges, arena), arena)),
        P_INT(tx_now(tx)));
}
