/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/page/desk_quality.html.h"

#include "city/page/desk.h"

bool quality_page_read(Request *req, const char *param, QualityPage *page, Err *err)
{
    CityReader reader;

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    const CityDataset *dataset = city_dataset_named(reader.rights.all, request_param(req, param));
    bool ok = dataset && city_may_see(&reader.rights, dataset->id)
                  ? city_quality_list(&reader, dataset, &page->list, err)
                  : err_set(err, ERR_NOT_FOUND, "there is no such dataset");
    if (ok) {
        page->name = str_copy(req->arena, dataset->name);
        page->title = str_copy(req->arena, dataset->title);
    }
    city_reader_end(&reader);
    return ok;
}

bool desk_quality(Request *req, Response *res, Err *err)
{
    QualityPage page = {0};

    if (!quality_page_read(req, "name", &page, err))
        return false;
    Out out = out_for(req);
    page_desk_quality(&out, &page);
    return city_desk_send(req, res, "/desk/stadtdaten",
                          str_printf(req->arena, "Datenqualität: %.*s", STR_ARG(page.title)), &out);
}
