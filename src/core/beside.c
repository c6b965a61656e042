/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/beside.h"

#include "core/crypto.h"
#include "core/folder.h"
#include "core/log.h"

bool beside_open(Beside *beside, const char *data, const char *services, const char *tenant,
                 Err *err)
{
    AppOptions options = {
        .data_dir = data, .services_dir = services, .max_open = 2, .beside = true};
    size_t count;
    const Engine *const *engines = engines_all(&count);

    *beside = (Beside){0};
    if (services && !folder_exists(services))
        return err_set(err, ERR_NOT_FOUND, "--services %s is no folder", services);
    log_set_level(LOG_WARNING); /* what a server tells of its towns is of no use here */
    crypto_start();
    beside->app = app_open(&options, engines, count, err);
    if (!beside->app)
        return false;
    beside->tenant = tenant_acquire(beside->app, str_c(tenant), err);
    if (!beside->tenant && err->kind == ERR_NOT_FOUND)
        err_set(err, ERR_NOT_FOUND,
                "there is no tenant \"%.100s\" in %.500s; `rathaus tenant list` shows all", tenant,
                data);
    if (!beside->tenant)
        beside_close(beside);
    return beside->tenant != NULL;
}

void beside_close(Beside *beside)
{
    if (beside->tenant)
        tenant_release(beside->tenant);
    if (beside->app)
        app_close(beside->app);
    *beside = (Beside){0};
}
