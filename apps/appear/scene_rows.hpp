#pragma once

#include <vidcv/cli/report.hpp>
#include <vidcv/pipeline/appear.hpp>
#include <vidcv/pipeline/new_assets.hpp>

namespace vidcv {

/// What was found in a scene: a row per interval, or objects.
void report_scene(const SceneResult& result, Report& report);

/// An asset that was made of a detection: an object, or a line for people.
void report_registered(const RegisteredAsset& made, Report& report);

}  // namespace vidcv
