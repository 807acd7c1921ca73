#include "embed_command.hpp"

#include "text_job.hpp"

#include "shared/clip_notes.hpp"
#include "shared/run_limits.hpp"

#include <vidcv/cli/command_line.hpp>
#include <vidcv/cli/json.hpp>
#include <vidcv/cli/signals.hpp>
#include <vidcv/core/stopwatch.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/pipeline/asset_vectors.hpp>
#include <vidcv/pipeline/project_choice.hpp>
#include <vidcv/pipeline/run_settings.hpp>
#include <vidcv/store/migration.hpp>

#include <fmt/format.h>

#include <iostream>
#include <utility>
#include <variant>

namespace vidcv {
using json = nlohmann::ordered_json;

namespace {

/// Frame `i` of a clip and its vector.
json object_of(const EmbeddedClip& clip, std::size_t i, const ModelDescription& model)
{
  const SampledFrame& frame = clip.clip.frames[i];
  const FrameFacts& facts = frame.pick.frame;
  json value = {{"type", "embedding"}};
  set_path(value, clip.clip.file.native());
  value["frame_number"] = clip.clip.is_picture ? json(nullptr) : json(facts.number);
  value["timestamp_sec"] = clip.clip.is_picture ? json(nullptr) : json(facts.timestamp_s);
  value.update({{"detail", frame.detail},
                {"blank", frame.blank},
                {"model", model.fingerprint},
                {"dim", model.dim},
                {"embedding", base64(to_blob(clip.vectors[i]))}});
  return value;
}

/// What is not printed does not wait for its turn.
void drop_vectors(std::vector<EmbedResult>& results)
{
  for (EmbedResult& result : results) {
    auto* clip = std::get_if<EmbeddedClip>(&result.outcome);
    if (clip == nullptr) { continue; }
    clip->vectors.clear();
    clip->regions.clear();
  }
}

}  // namespace

void EmbedCommand::declare(CommandLine& line)
{
  line.describe(
      "Turn the chosen frames of videos, and pictures, into unit vectors of a model: in a database, or on stdout.\n"
      "What the database holds unchanged is skipped.",

      "Example:\n  vidcv embed --model model.pt --db film.db clips/\n"
      "  vidcv embed --model model.pt --json picture.png\n  vidcv embed --model model.pt --db film.db --assets");
  const auto files = m_inputs.declare(line, "path", "videos and pictures");
  line.only_with(m_inputs.declare_shard(line), {files});
  const auto database =
      line.value("--db", m_database_file, "store the results in this database, which is created if it does not exist")
          .value_name("DB")
          .not_empty();
  line.values("--text", m_texts, "embed this text instead of files; repeatable").value_name("TEXT");
  line.flag("--no-db", m_no_database, "store nothing (the default without --db)").excludes(database);
  const auto assets = line.flag("--assets", m_assets, "embed the database's assets").needs(database);
  const auto project = line.value("--project", m_project, "with --assets: only those of this project")
                           .value_name("ID")
                           .not_empty()
                           .needs(assets);
  line.value("--manifest", m_manifest, "with --assets: only those of this manifest")
      .value_name("ID")
      .not_empty()
      .needs(assets)
      .excludes(project);
  line.value("--root", m_root, "with --assets: start of relative paths; default: the database's folder")
      .value_name("DIR")
      .not_empty()
      .needs(assets);
  const auto regions =
      line.flag("--regions", m_regions, "also embed the parts of frames that vidcv appear --regions compares")
          .needs(database);
  const auto [retry_failed, force, prune] = m_ledger.declare(line);
  for (const auto& option : {regions, retry_failed, prune}) { line.only_with(option, {files}); }
  line.only_with(force, {files, assets});
  for (const Key key : k_embed_settings) {
    const DeclaredOption option = declare_setting(line, key);
    if (is_about_choice(key)) { line.only_with(option, {files}); }
    if (is_about_pictures(key)) { line.only_with(option, {files, assets}); }
  }
}

void EmbedCommand::run(Report& report)
{
  if (!m_texts.empty()) { return embed_texts(report); }
  if (m_inputs.empty() && !m_assets) {
    throw UsageError("", "", "nothing to embed: name files, --text or --assets (see vidcv embed --help)");
  }
  m_inputs.shard();  // a wrong option is reported before anything is opened
  options();
  if (m_database_file.empty() && m_ledger.needs_database()) {
    throw UsageError("--force, --retry-failed and --prune", "", "need --db");
  }
  LazyEncoder encoder(model_file(config()), encoder_options(config()));
  Inputs inputs;
  if (!m_inputs.empty()) { inputs = m_inputs.collect(std::cin, report, m_ledger.no_inputs()); }
  std::int64_t model_id = 0;
  if (!m_database_file.empty()) {
    const bool only_forgets = inputs.files.empty() && m_ledger.no_inputs() == NoInputs::pass;
    open_database(m_inputs.empty() || only_forgets ? OpenMode::existing : OpenMode::create);
    model_id = ensure_model(*m_database, encoder);
  }
  if (m_assets) { embed_assets(encoder, model_id, report); }
  if (!m_inputs.empty()) { embed_files(std::move(inputs), encoder, model_id, report); }
  if (encoder.is_open()) {
    const ImageEncoder& open = encoder.get();
    report.detail(fmt::format("{} on {}, batches of {}", encoder.model().name, open.device(), open.batch()));
  }
}

void EmbedCommand::open_database(OpenMode mode)
{
  m_database = std::make_unique<Database>(m_database_file, mode, config().number(Key::busy_timeout));
  prepare_database(*m_database);
}

void EmbedCommand::embed_texts(Report& report)
{
  if (!m_inputs.empty()) { throw UsageError("--text", "", "cannot be combined with files"); }
  if (m_assets) { throw UsageError("--text", "", "cannot be combined with --assets"); }
  TextJob job(model_file(config()), encoder_options(config()));
  if (!m_database_file.empty()) {
    open_database(OpenMode::create);
    job.store_in(*m_database);
  }
  job.run(m_texts, report);
}

void EmbedCommand::embed_assets(LazyEncoder& encoder, std::int64_t model_id, Report& report)
{
  const Stopwatch watch;
  const AssetEvents events{[&](const AssetRecord&, const SampledClip& picture) {
                             ++report.totals().done;
                             report_notes(picture, report);
                           },
                           [&](const AssetRecord& asset) { report_changed_picture(asset, report); },
                           [&](const AssetRecord&, const InputError& error) { report.failure(error); }};
  for (const std::string& manifest_id : chosen_manifests(*m_database, m_project, m_manifest)) {
    const AssetJob job{.manifest_id = manifest_id,
                       .model_id = model_id,
                       .decode = options().sampling.decode,
                       .limits = run_limits(config()),
                       .base = base_folder(*m_database, m_root),
                       .renew = m_ledger.force() ? Renew::yes : Renew::no};
    fill_asset_vectors(*m_database, job, encoder, events);
  }
  report.totals().times.encode_s += watch.seconds();
}

EmbedOptions EmbedCommand::options() const
{
  EmbedOptions options{sample_options(config()), m_regions};
  options.sampling.decode.abandoned = is_time_up;
  return options;
}

void EmbedCommand::embed_files(Inputs inputs, LazyEncoder& encoder, std::int64_t model_id, Report& report)
{
  EmbedOptions how = options();
  how.gives_vectors = report.json();
  inputs.files = each_once(inputs.files);
  const WorkList work = m_database
                            ? m_ledger.plan_work(*m_database, inputs, how, named_rules(config()), model_id, report)
                            : WorkList{.todo = jobs_for(inputs.files, how)};
  report.totals().skipped += work.unchanged;
  if (work.unchanged > 0 && work.unchanged == std::ssize(inputs.files)) {
    report.warning(fmt::format("all {} inputs are unchanged", work.unchanged));
  }
  report.expect(std::ssize(work.todo));
  report.columns(m_database
                     ? std::vector<std::string_view>{"path", "frame_number", "timestamp_sec", "kind", "blank"}
                     : std::vector<std::string_view>{"path", "frame_number", "timestamp_sec", "dim", "embedding"});
  if (m_database) {
    const LedgerEntry entry{.shard = m_inputs.shard().text(), .skipped = work.unchanged};
    StoredRun run(*m_database, work.todo, &encoder, model_id, run_limits(config(), report), entry);
    report_run(run, encoder.model(), report);
  } else {
    EmbeddingRun run(work.todo, &encoder, run_limits(config(), report));
    report_run(run, encoder.model(), report);
  }
}

/// Rows come in the order of the inputs; only rows wait for it.
template <typename Run>
void EmbedCommand::report_run(Run& run, const ModelDescription& model, Report& report)
{
  JobOrder order;
  for (auto results = run.next(); !results.empty(); results = run.next()) {
    for (const EmbedResult& result : results) { report.end_file(run.jobs()[result.job].file); }
    if (m_database && !report.json()) { drop_vectors(results); }
    for (const EmbedResult& result : order.put(std::move(results))) { report_result(result, model, report); }
  }
  for (const EmbedResult& result : order.rest()) { report_result(result, model, report); }
  report.totals().times += run.times();
}

void EmbedCommand::report_result(const EmbedResult& result, const ModelDescription& model, Report& report) const
{
  if (const auto* failure = std::get_if<EmbedFailure>(&result.outcome)) { return report.failure(failure->error); }
  const auto& clip = std::get<EmbeddedClip>(result.outcome);
  report.totals().frames += std::ssize(clip.clip.frames);
  ++report.totals().done;
  report_notes(clip.clip, report);
  report_clip(clip, model, report);
}

void EmbedCommand::report_clip(const EmbeddedClip& clip, const ModelDescription& model, Report& report) const
{
  for (std::size_t i = 0; i < clip.clip.frames.size(); ++i) {
    if (report.json()) {
      report.object(object_of(clip, i, model));
    } else {
      report.row(row_of(clip, i, model));
    }
  }
}

std::vector<std::string> EmbedCommand::row_of(const EmbeddedClip& clip, std::size_t i,
                                              const ModelDescription& model) const
{
  const SampledFrame& frame = clip.clip.frames[i];
  const FrameFacts& facts = frame.pick.frame;
  std::vector<std::string> fields = {clip.clip.file.native(), "-", "-"};
  if (!clip.clip.is_picture) {
    fields[1] = fmt::format("{}", facts.number);
    fields[2] = fmt::format("{:.3f}", facts.timestamp_s);
  }
  if (m_database) {
    fields.insert(fields.end(), {std::string(name_of(frame.pick.kind)), frame.blank ? "blank" : "-"});
  } else {
    fields.insert(fields.end(), {fmt::format("{}", model.dim), base64(to_blob(clip.vectors[i]))});
  }
  return fields;
}

}  // namespace vidcv
