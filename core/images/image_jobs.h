// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/images/image_build.h"
#include "core/images/image_export.h"
#include "core/images/image_loader.h"
#include "core/images/image_making.h"
#include "core/images/image_pull.h"
#include "core/images/image_store.h"
#include "core/images/many_export.h"
#include "core/images/registry_account.h"

#include <memory>
#include <vector>

namespace twinhull {

/// What a person does with images, as jobs. The store must outlive them; it is read again when one ends. GUI thread.

std::unique_ptr<Job> loadJob(ImageStore& images, const LoadPlan& plan);
std::unique_ptr<Job> pullJob(ImageStore& images, const PullPlan& plan);
std::unique_ptr<Job> pushJob(ImageStore& images, const PushPlan& plan);
std::unique_ptr<Job> saveJob(ImageStore& images, const SavePlan& plan);
std::unique_ptr<Job> saveManyJob(ImageStore& images, const SaveManyPlan& plan);
/// Each of `words` as find() takes them: a reference goes, or by digest the image; all of them or none.
std::unique_ptr<Job> removeJob(ImageStore& images, const QStringList& words);
/// `made`, where it is given, is the image once the job has succeeded.
std::unique_ptr<Job> importJob(ImageStore& images, const ImportPlan& plan, std::shared_ptr<QString> made = {});
std::unique_ptr<Job> commitJob(ImageStore& images, const CommitPlan& plan, std::shared_ptr<QString> made = {});
std::unique_ptr<Job> buildJob(ImageStore& images, const BuildPlan& plan, std::shared_ptr<QString> made = {});
std::unique_ptr<Job> removeBuildCacheJob(ImageStore& images);
/// `words` as find() takes them.
std::unique_ptr<Job> tagJob(ImageStore& images, const QString& words, const QStringList& references);
/// The image stays; without references it loses all its names.
std::unique_ptr<Job> untagJob(ImageStore& images, const QString& words, const QStringList& references);
/// Removes these images, and what no image needs.
std::unique_ptr<Job> pruneJob(ImageStore& images, const QStringList& digests);
std::unique_ptr<Job> loginJob(const RegistryLogin& login);
std::unique_ptr<Job> logoutJob(const std::string& host);
std::unique_ptr<Job> copyJob(const RegistryCopy& copy);

/// Images that prune takes: those without a name, or with `takesNamed` all, but not what `used` names by digest.
std::vector<ImageInfo> prunableImages(const ImageStore& images, const QStringList& used, bool takesNamed);

} // namespace twinhull
