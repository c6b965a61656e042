/* SPDX-License-Identifier: EUPL-1.2 */
/* Which kernel: the best that this processor has, or the one asked for. */
#include "twin/flow/strip.h"

typedef void FillKernel(FlowKernel *kernel);

FillKernel flow_fill_kernel_float_plain, flow_fill_kernel_double_plain;
#ifdef FLOW_X86
FillKernel flow_fill_kernel_float_avx2, flow_fill_kernel_double_avx2;
FillKernel flow_fill_kernel_float_avx512, flow_fill_kernel_double_avx512;
#endif

static FlowPath best_path(void)
{
#ifdef FLOW_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw"))
        return FLOW_PATH_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        return FLOW_PATH_AVX2;
#endif
    return FLOW_PATH_SCALAR;
}

bool flow_kernel(FlowKernel *kernel, bool double_precision, FlowPath path, Err *err)
{
    FlowPath best = best_path();

#ifdef FLOW_X86
    static FillKernel *const fill[2][FLOW_PATH_AVX512 + 1] = {
        {NULL, flow_fill_kernel_float_plain, flow_fill_kernel_float_avx2,
         flow_fill_kernel_float_avx512},
        {NULL, flow_fill_kernel_double_plain, flow_fill_kernel_double_avx2,
         flow_fill_kernel_double_avx512}};
#else
    static FillKernel *const fill[2][FLOW_PATH_AVX512 + 1] = {
        {NULL, flow_fill_kernel_float_plain}, {NULL, flow_fill_kernel_double_plain}};
#endif
    if (path == FLOW_PATH_BEST)
        path = best;
    if (path > best)
        return err_set(err, ERR_INPUT, "this processor has no %s; leave the path to the program",
                       path == FLOW_PATH_AVX512 ? "AVX-512" : "AVX2");
    fill[double_precision][path](kernel);
    return true;
}
