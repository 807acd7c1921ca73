#include "model_command.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/clip/encoder.hpp>
#include <vidcv/clip/import.hpp>
#include <vidcv/clip/model_places.hpp>
#include <vidcv/clip/verify.hpp>
#include <vidcv/core/files.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace vidcv {
namespace fs = std::filesystem;
using json = nlohmann::ordered_json;
namespace {

const std::vector<std::string_view> k_columns = {"name", "dim", "takes", "fingerprint", "path"};
constexpr std::size_t k_most_certificate_bytes = 1U << 20U;
constexpr int k_most_head_width = 1024;

/// Whether it can be a model's name at Hugging Face: owner/name, and no path.
bool is_hub_name(const std::string& text)
{
  const auto part = [](std::string_view word) {
    const bool plain = std::ranges::all_of(
        word, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.'; });
    return plain && !word.empty() && word.find_first_not_of('.') != std::string_view::npos;
  };
  const std::size_t slash = text.find('/');
  return slash != std::string::npos && part(std::string_view(text).substr(0, slash)) &&
         part(std::string_view(text).substr(slash + 1));
}

/// What the last `verify --against` found lies beside the model.
fs::path certificate_of(const fs::path& model)
{
  return model.native() + ".certificate.json";
}

void keep_certificate(const fs::path& model, const json& result)
{
  const std::string text = result.dump(1, ' ', false, json::error_handler_t::replace) + "\n";
  write_file_atomically(certificate_of(model), std::as_bytes(std::span(text)));
}

/// That of another model in the same place does not count.
json certificate(const fs::path& file, const ModelDescription& model)
{
  std::error_code error;
  if (!fs::exists(certificate_of(file), error)) { return nullptr; }
  const json found = json::parse(read_file(certificate_of(file), k_most_certificate_bytes), nullptr, false);
  return found.is_object() && found.value("fingerprint", json()) == model.fingerprint ? found : json();
}

std::string takes(const ModelDescription& model)
{
  if (model.knows_labels()) { return "pictures and names of things"; }
  return model.takes_texts() ? "pictures and texts" : "pictures";
}

json described(const fs::path& file, const ModelDescription& model)
{
  json value = {{"type", "model"}};
  set_path(value, file.native());
  value.update(json::parse(model.json));
  value["takes"] = takes(model);
  value["certificate"] = certificate(file, model);
  return value;
}

void show(const fs::path& file, const ModelDescription& model, Report& report)
{
  if (report.json()) { return report.object(described(file, model)); }
  report.row({model.name, fmt::format("{}", model.dim), takes(model), model.fingerprint, file.native()});
}

}  // namespace

void ModelCommand::declare(CommandLine& line)
{
  line.describe("Model files: made of CLIP weights, described, checked.",
                "Example:\n  vidcv model import openai/clip-vit-base-patch32\n"
                "  vidcv model import path/to/clip-vit-base-patch32 -o clip.pt\n  vidcv model verify clip.pt");
  m_import = &line.action("import", "make a model file of CLIP weights (safetensors)");
  m_import->value("source", m_source, "a folder, a safetensors file, or the name of one that was downloaded")
      .required()
      .value_name("DIR|FILE|NAME");
  m_import->value("-o,--output", m_output, "the model file; default: NAME.pt in the folder of imported models")
      .not_empty()
      .value_name("MODEL");
  m_import->value("--name", m_name, "of the model; default: that of the source").not_empty().value_name("NAME");
  m_import->value("--activation", m_activation, "of the network, for weights beside which nothing says it")
      .one_of({"quick_gelu", "gelu"});
  m_import->value("--head-width", m_head_width, "of an attention head of the vision tower, where nothing says it")
      .within(1, k_most_head_width)
      .value_name("NUMBER");
  m_import->value("--preprocessing", m_preprocessing, "mean and deviation of the colours, where nothing says them")
      .one_of({"openai", "imagenet", "inception"});
  m_import->flag("--force", m_force, "replace an existing model file");
  m_info = &line.action("info", "the description in a model file");
  m_info->value("model", m_model, "a model file, or the name of an imported one").required().value_name("MODEL");
  m_list = &line.action("list", "the imported models");
  m_verify =
      &line.action("verify", "whether a model file's weights are those of its fingerprint, and its vectors right");
  m_verify->value("model", m_model, "a model file, or the name of an imported one").required().value_name("MODEL");
  const auto against = m_verify->value("--against", m_reference, "reference vectors made by scripts/make_reference.py")
                           .not_empty()
                           .value_name("FILE.npz");
  for (const Key key : {Key::device, Key::precision, Key::threads}) {
    line.only_with(declare_setting(line, key), {against});
  }
}

std::vector<std::pair<std::string, std::string>> ModelCommand::components() const
{
  const std::string torch = torch_version();
  return {{"LibTorch", torch.empty() ? "not there" : torch + " (of the build; vidcv doctor opens it)"}};
}

void ModelCommand::run(Report& report)
{
  if (m_import->chosen()) { import(report); }
  if (m_info->chosen()) { info(report); }
  if (m_list->chosen()) { list(report); }
  if (m_verify->chosen()) { verify(report); }
}

void ModelCommand::import(Report& report) const
{
  std::error_code error;
  const bool from_cache = !fs::exists(m_source, error) && is_hub_name(m_source);
  ImportOptions options;
  options.source = from_cache ? cached_folder(m_source) : fs::path(m_source);
  options.name = m_name.empty() && from_cache ? m_source.substr(m_source.find('/') + 1) : m_name;
  if (from_cache) { options.origin = m_source; }
  options.activation = m_activation;
  options.head_width = m_head_width.value_or(0);
  options.preprocessing = m_preprocessing;
  options.output = m_output;
  options.force = m_force;
  const auto [file, model] = import_clip(options);
  report.totals().done = 1;
  report.columns(k_columns);
  show(file, model, report);
  if (!model.takes_texts()) { report.warning(fmt::format("the model takes pictures only: {}", model.no_texts)); }
}

void ModelCommand::info(Report& report) const
{
  const fs::path file = find_model(m_model);
  const ModelDescription model = read_description(file);
  report.columns(k_columns);
  show(file, model, report);
}

void ModelCommand::list(Report& report) const
{
  const auto folder = models_folder();
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : folder ? fs::directory_iterator(*folder, error) : fs::directory_iterator()) {
    if (entry.path().extension() == ".pt") { files.push_back(entry.path()); }
  }
  std::ranges::sort(files);
  report.columns(k_columns);
  for (const fs::path& file : files) {
    try {
      show(file, read_description(file), report);
      ++report.totals().done;
    } catch (const ModelError& failure) {
      report.failure(failure);
    }
  }
  if (files.empty()) {
    report.warning(folder ? fmt::format("no models in {}", folder->native())
                          : "imported models have no folder: HOME and XDG_DATA_HOME name none");
  }
}

void ModelCommand::verify(Report& report)
{
  const fs::path file = find_model(m_model);
  const ModelDescription model = read_description(file);
  const ModelFingerprints found = compute_fingerprints(file, model);
  const bool same = found.vision == model.fingerprint && (!model.text || found.text == model.text->fingerprint);
  if (!same) {
    throw ModelError(
        file.native(), "verify",
        "the weights are not those of the fingerprint: the file is damaged or was changed; import it again");
  }
  json result = {{"type", "verification"}, {"path", file.native()}, {"fingerprint", found.vision}};
  const bool agrees = m_reference.empty() || compare(file, result);
  result["result"] = agrees ? "pass" : "fail";
  if (!m_reference.empty()) { keep_certificate(file, result); }
  tell(result, report);
  if (!agrees) {
    throw ModelError(file.native(), "verify", "its vectors are not those of the reference: see the figures above");
  }
  report.totals().done = 1;
}

/// Adds the figures to `result`.
bool ModelCommand::compare(const fs::path& file, json& result) const
{
  EncoderOptions options;
  options.device = config().text(Key::device);
  options.precision = config().text(Key::precision);
  options.threads = static_cast<int>(config().integer(Key::threads));
  options.batch = 1;
  const Agreement agreement = compare_with_reference(m_reference, file, options);
  const std::string precision = known_precision(options).value_or("fp16");
  result["precision"] = precision;
  result["reference"] = fs::path(m_reference).filename().native();
  result["reference_made_by"] = agreement.made_by;
  result["pictures"] = agreement.pictures;
  result["texts"] = agreement.texts;
  result["least_cosine"] = agreement.least_cosine;
  result["largest_difference"] = agreement.largest_difference;
  return agreement.least_cosine >= Agreement::bound(precision);
}

void ModelCommand::tell(const json& result, Report& report) const
{
  if (report.json()) { return report.object(result); }
  std::vector<std::string> fields;
  for (const char* key :
       {"fingerprint", "precision", "pictures", "texts", "least_cosine", "largest_difference", "result"}) {
    const json value = result.value(key, json("-"));
    fields.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  }
  report.columns({"fingerprint", "precision", "pictures", "texts", "least_cosine", "largest_difference", "result"});
  report.row(fields);
}

}  // namespace vidcv
