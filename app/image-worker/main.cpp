// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/images/image_worker.h"

int main(int argc, char** argv)
{
    return twinhull::imageWorkerMain({ argv + 1, argv + argc });
}
