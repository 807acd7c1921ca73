#include <vidcv/clip/import.hpp>

#include "encoder/encoder_module.hpp"
#include "model/fingerprint.hpp"
#include "weights/checkpoint.hpp"

#include <vidcv/clip/model_places.hpp>
#include <vidcv/core/error.hpp>
#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr double k_match_threshold = 0.65;  // the service's, until a model's own is measured

std::string fingerprint_of(const std::string& description, const std::vector<Weight>& weights)
{
  Fingerprint fingerprint(description);
  for (const Weight& weight : weights) {
    fingerprint.add(weight.name, {"F32", weight.shape, std::as_bytes(weight.numbers)});
  }
  return fingerprint.digits();
}

ModelDescription describe(const Checkpoint& checkpoint)
{
  ModelDescription model;
  model.architecture = architecture_of(checkpoint.shape.vision);
  model.activation = checkpoint.shape.vision.activation;
  model.dim = checkpoint.shape.dim;
  model.input_size = checkpoint.pictures.input_size;
  model.resize_short = checkpoint.pictures.resize_short;
  model.interpolation = "bicubic";
  model.scale = checkpoint.pictures.scale;
  model.mean = checkpoint.pictures.mean;
  model.deviation = checkpoint.pictures.deviation;
  model.match_threshold = k_match_threshold;
  return model;
}

nlohmann::ordered_json as_json(const ModelDescription& model)
{
  nlohmann::ordered_json object = {{"format", 1},
                                   {"name", model.name},
                                   {"architecture", model.architecture},
                                   {"activation", model.activation},
                                   {"dim", model.dim},
                                   {"input_size", model.input_size},
                                   {"resize_short", model.resize_short},
                                   {"interpolation", model.interpolation},
                                   {"scale", model.scale},
                                   {"mean", model.mean},
                                   {"deviation", model.deviation},
                                   {"match_threshold", model.match_threshold},
                                   {"source", model.source},
                                   {"fingerprint", model.fingerprint}};
  if (!model.no_texts.empty()) { object["no_texts"] = model.no_texts; }
  if (model.text) {
    object["text"] = {{"architecture", model.text->architecture},
                      {"context", model.text->context},
                      {"tokenizer", model.text->has_tokenizer ? "clip" : "none"},
                      {"fingerprint", model.text->fingerprint}};
  }
  return object;
}

void add_text_tower(const Checkpoint& checkpoint, ModelPlan& plan, ModelDescription& model)
{
  const TowerShape& tower = plan.shape.text.value();
  plan.text = weights_of(plan.shape, Tower::text, checkpoint.tensors);
  TextDescription text{architecture_of(tower), tower.context, {}, checkpoint.tokenizer.has_value()};
  text.fingerprint = fingerprint_of(canonical(text, model.dim, tower.activation), plan.text);
  model.text = std::move(text);
  if (!checkpoint.tokenizer) {
    model.no_texts = "no tokenizer was beside its weights";
    return;
  }
  plan.files["vocab.json"] = checkpoint.tokenizer->vocabulary;
  plan.files["merges.txt"] = checkpoint.tokenizer->merges;
}

/// What libraries call each file of weights, whatever the model.
bool is_common_name(const fs::path& stem)
{
  return stem == "model" || stem == "open_clip_model" || stem == "pytorch_model" || stem == "open_clip_pytorch_model";
}

/// The last part of a path, without what ends a file's name; for `DIR/model.safetensors` that is DIR.
std::string name_of(const fs::path& source)
{
  const fs::path whole = absolute_path(source).lexically_normal();
  const fs::path item = whole.has_filename() ? whole : whole.parent_path();
  if (item.extension() != ".safetensors") { return percent_escaped(item.filename().native()); }
  const fs::path folder = item.parent_path().filename();
  return percent_escaped((is_common_name(item.stem()) && !folder.empty() ? folder : item.stem()).native());
}

void require_free(const fs::path& output, bool force)
{
  std::error_code error;
  if (!force && fs::exists(output, error)) {
    throw StoreError(output.native(), "write", "is there already; --force replaces it");
  }
  if (output.has_parent_path()) { fs::create_directories(output.parent_path(), error); }
}

}  // namespace

std::pair<fs::path, ModelDescription> import_clip(const ImportOptions& options)
{
  const std::string name = options.name.empty() ? name_of(options.source) : options.name;
  const fs::path output = options.output.empty() ? imported_model(name) : options.output;
  require_free(output, options.force);
  const Checkpoint checkpoint =
      read_checkpoint(options.source, {{options.activation, options.head_width}, options.preprocessing});
  ModelDescription model = describe(checkpoint);
  model.name = name;
  model.source = options.origin.empty() ? percent_escaped(absolute_path(options.source).native()) : options.origin;
  model.no_texts = one_line(checkpoint.shape.no_texts);
  ModelPlan plan;
  plan.shape = checkpoint.shape;
  try {
    plan.vision = weights_of(plan.shape, Tower::vision, checkpoint.tensors);
    if (plan.shape.text) { add_text_tower(checkpoint, plan, model); }
  } catch (const FormatError& failure) {
    throw ModelError(options.source.native(), "import", one_line(failure.what()));
  }
  model.fingerprint = fingerprint_of(canonical(model), plan.vision);
  model.json = as_json(model).dump(1) + "\n";
  plan.files["vidcv.json"] = model.json;
  replace_file(output, [&](const fs::path& part) { encoder_module().write_model(plan, part); });
  return {output, model};
}

}  // namespace vidcv
