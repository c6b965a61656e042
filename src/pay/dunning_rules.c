/* SPDX-License-Identifier: EUPL-1.2 */
#include "pay/dunning.h"

#define wrong(node, err, ...) err_at(err, "tenant.yaml", (node)->line, (node)->column, __VA_ARGS__)

static bool read_level(const Node *node, int number, DunningLevel *out, Err *err)
{
    *out = (DunningLevel){.name = node_get_text(node, "name"),
                          .days = (int)node_get_i64(node, "days", -1),
                          .fee = node_get_i64(node, "fee", 0),
                          .minimum = node_get_i64(node, "minimum", 0),
                          .pay_within = (int)node_get_i64(node, "pay_within", 14),
                          .text = node_get_text(node, "text")};
    if (str_empty(out->name) || str_empty(out->text))
        return wrong(node, err, "money.dunning.levels[%d] needs `name` and `text`", number);
    if (out->days < 0 || out->days > 3650 || out->pay_within < 1 || out->pay_within > 365)
        return wrong(node, err,
                     "money.dunning.levels[%d]: `days` (0 to 3650) after the due day, "
                     "`pay_within` 1 to 365 days",
                     number);
    if (out->fee < 0 || out->fee > 100000 || out->minimum < 0)
        return wrong(node, err,
                     "money.dunning.levels[%d]: `fee` (at most 100000) and `minimum` are cents, "
                     "not below 0",
                     number);
    return true;
}

bool dunning_rules(const Tenant *tenant, DunningRules *out, Err *err)
{
    const Node *dunning = node_get(node_get(tenant->settings, "money"), "dunning");
    const Node *levels = node_get(dunning, "levels");

    *out = (DunningRules){.surcharge = node_get_bool(dunning, "surcharge", false),
                          .land = tenant_setting(tenant, "state"),
                          .office = node_get_text(dunning, "office")};
    if (str_empty(out->office))
        out->office = STR("kasse");
    if (levels && (levels->kind != NODE_LIST || levels->count > DUNNING_LEVELS_MAX))
        return wrong(levels, err, "money.dunning.levels is a list of at most %d",
                     DUNNING_LEVELS_MAX);
    for (size_t i = 0; levels && i < levels->count; i++)
        if (!read_level(levels->items[i], (int)i, &out->levels[out->count++], err))
            return false;
    return true;
}
