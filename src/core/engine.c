/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/engine.h"

#include "core/http/request.h"

#include <assert.h>
#include <stdarg.h>

static const Engine *const *registered;
static size_t registered_count;

void engines_register(const Engine *const *engines, size_t count)
{
    assert(count <= ENGINE_MAX);
    registered = engines;
    registered_count = count;
}

const Engine *const *engines_all(size_t *count)
{
    *count = registered_count;
    return registered;
}

bool request_may(const Request *req, const char *permission)
{
    for (size_t i = 0; i < registered_count; i++)
        if (registered[i]->session_may)
            return registered[i]->session_may(req, permission);
    return false;
}

bool request_may_within(const Request *req, const char *permission)
{
    Str within = req->session.within;

    return request_may(req, within.ptr
                                ? arena_printf(req->arena, "%s@%.*s", permission, STR_ARG(within))
                                : permission);
}

Str tenant_service(Tenant *tenant, size_t index)
{
    for (size_t i = 0; i < registered_count; i++)
        if (registered[i]->service_at)
            return registered[i]->service_at(tenant, index);
    return STR_NONE;
}

void proof_tell(const ProofReport *report, Arena *arena, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    report->tell(report->context, arena_vprintf(arena, format, args));
    va_end(args);
}

const EffectKind *effect_kind_for_packages(Str name)
{
    size_t count;
    const Engine *const *engines = engines_all(&count);

    for (size_t i = 0; i < count; i++)
        for (const EffectKind *kind = engines[i]->effects; kind && kind->name; kind++)
            if (kind->values && str_is(name, kind->name))
                return kind;
    return NULL;
}
