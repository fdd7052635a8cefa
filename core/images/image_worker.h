// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace twinhull {

/// The program image-worker: all that touches files in an image's ownership. A process of its own because a process
/// with threads cannot enter a user namespace, and because archives are hostile: a crash here is a failed job.
///
///   unpack LAYERS-FOLDER DIFF-ID[.names] BLOB     makes LAYERS-FOLDER/DIFF-ID[.names] of a layer blob
///   disk DISKS-FOLDER DIGEST LAYERS-FOLDER DIFF-ID[.names]...   makes DISKS-FOLDER/DIGEST.erofs, lowest layer first
///   probe FOLDER                                  tries whether overlayfs works there (overlay_probe.h)
///   probe-fuse FOLDER PROGRAM                     the same of fuse-overlayfs
///   copy FOLDER LAYER-FOLDER...                   makes the root FOLDER, which is empty, of layers, highest first
///   remove PATH...                                removes trees
///   clean FOLDER...                               removes what dead processes left half made in these folders
///   sweep FOLDER...                               the same of what nobody is at work on (removeIdlePartials())
///   measure PATH...                               tells the bytes that each takes on disk: "size BYTES", in that order
///   changes UPPER-FOLDER LOWER-FOLDER...          tells what an overlay changes: "change A|C|D PATH" (layer_changes.h)
///   copy-changes FOLDER LAYER-FOLDER...           the same of a root that was made by "copy"
///   fuse-changes UPPER-FOLDER LAYER-FOLDER...     the same of an overlay by fuse-overlayfs
///   pack UPPER-FOLDER FILE                        makes a layer's tar of an overlay's upper folder
///   pack FOLDER FILE LAYER-FOLDER...              the same of what such a root is more, other or less than its layers
///   own UID GID PATH...                           gives folders or files alone to a user of the images
///   restore FOLDER FILE                           makes FOLDER, which is not there or empty, of a tar
///
/// As an ordinary user it does so as root of a user namespace with the person's subordinate ids. With the words
/// "as UID-GID" before the verb the person is that user there, not root, and what unpack makes is called
/// DIFF-ID.UID-GID (unpacked_layer.h). It writes lines to
/// standard output: "progress DONE TOTAL", and before it ends with status 1 "error CODE ERRNO MESSAGE" and "hint TEXT".
int imageWorkerMain(const std::vector<std::string>& arguments);

} // namespace twinhull
