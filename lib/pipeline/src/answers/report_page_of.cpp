#include "answers/report_page_of.hpp"

#include <vidcv/core/files.hpp>
#include <vidcv/core/text.hpp>
#include <vidcv/store/ledger.hpp>
#include <vidcv/store/project_summaries.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

namespace vidcv {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t k_most_named = 3;  // plans or rules that a page names

/// The path of a file below the report's folder relative to it, any other path as it is.
std::string shown_path(const fs::path& file, const fs::path& folder)
{
  const fs::path below = file.lexically_relative(folder);
  return below.empty() || below.native().starts_with("..") ? file.native() : below.native();
}

std::string link_to(const fs::path& file, const fs::path& folder)
{
  const fs::path relative = file.lexically_relative(folder);
  return url_of_path(relative.empty() ? file.native() : relative.native());
}

std::string clip_facts(const StoredClip& clip)
{
  std::vector<std::string> facts;
  if (clip.width > 0) { facts.push_back(fmt::format("{}×{}", clip.width, clip.height)); }
  if (clip.fps > 0) { facts.push_back(fmt::format("{:.5g} fps", clip.fps)); }
  if (clip.duration_s > 0) { facts.push_back(fmt::format("{:.2f} s", clip.duration_s)); }
  if (clip.media) { facts.push_back(fmt::format("{} frames looked at", clip.frames.size())); }
  for (const ClipScene& scene : clip.scenes) {
    std::string text = fmt::format("scene {}", scene.scene_index);
    if (scene.continuity_score) { text += fmt::format(", continuity {:.1f} of 10", *scene.continuity_score); }
    facts.push_back(std::move(text));
  }
  return fmt::format("{}", fmt::join(facts, " · "));
}

PageClip page_clip(const StoredClip& clip, const fs::path& folder)
{
  PageClip shown;
  shown.path = clip.file.empty() ? "a scene without a clip" : shown_path(clip.file, folder);
  shown.link = clip.file.empty() ? "" : link_to(clip.file, folder);
  shown.facts = clip_facts(clip);
  shown.duration_s = clip.duration_s;
  shown.longest_step_s = clip.longest_step_s;
  for (const FramePlace& frame : clip.frames) { shown.frames.push_back({frame.timestamp_s, frame.blank}); }
  return shown;
}

PageMoment page_moment(const StoredMoment& moment, const StoredClip& clip)
{
  const TimelineRow& best = moment.best;
  return {.asset = moment.asset,
          .clip = moment.clip,
          .from_s = moment.from_s,
          .to_s = moment.to_s,
          .frames = moment.frames,
          .best_s = best.timestamp_s.value_or(moment.from_s),
          .frame_number = best.frame_number,
          .score = best.confidence,
          .margin = best.margin,
          .distinctness = best.distinctness,
          .source = best.source,
          .box = shown_box(best.bbox, clip)};
}

std::string first_of(const std::set<std::string>& texts)
{
  std::vector<std::string> named(texts.begin(), texts.end());
  const std::size_t more = named.size() > k_most_named ? named.size() - k_most_named : 0;
  named.resize(named.size() - more);
  if (more > 0) { named.push_back(fmt::format("and {} more", more)); }
  return fmt::format("{}", fmt::join(named, "; "));
}

std::string rule_text(const AnalysisRule& rule)
{
  std::string text = rule.model.empty() ? "detections" : rule.model;
  if (rule.clip_similarity) { text += fmt::format(", similarity {:.4g}", *rule.clip_similarity); }
  if (rule.clip_distinctness && *rule.clip_distinctness > -1) {
    text += fmt::format(", distinctness {:.4g}", *rule.clip_distinctness);
  }
  if (rule.clip_margin && *rule.clip_margin > -2) { text += fmt::format(", margin {:.4g}", *rule.clip_margin); }
  return text;
}

using Facts = std::vector<std::pair<std::string, std::string>>;

Facts facts_of(Database& database, const StoredFindings& findings, std::size_t failures)
{
  Facts facts;
  const auto add = [&](std::string name, std::string value) {
    if (!value.empty()) { facts.emplace_back(std::move(name), std::move(value)); }
  };
  const auto count = [&](std::string name, std::size_t number) { add(std::move(name), fmt::format("{}", number)); };
  std::set<std::size_t> with_moments;
  for (const StoredMoment& moment : findings.moments) { with_moments.insert(moment.clip); }
  std::set<std::string> plans;
  for (const StoredClip& clip : findings.clips) {
    if (clip.media) { plans.insert(clip.media->plan); }
  }
  std::set<std::string> rules;
  for (const AnalysisRule& rule : analysis_rules(database)) { rules.insert(rule_text(rule)); }
  const std::vector<RunRecord> runs = newest_runs(database, 1);
  count("Clips", findings.clips.size());
  count("with an asset", with_moments.size());
  count("Assets", findings.assets.size());
  count("Moments", findings.moments.size());
  if (failures > 0) { count("Failures", failures); }
  if (findings.of_other_manifests > 0) {
    count("Appearances of assets that no project has", static_cast<std::size_t>(findings.of_other_manifests));
  }
  if (findings.untimed > 0) { count("Appearances without a time", static_cast<std::size_t>(findings.untimed)); }
  add("Compared with", first_of(rules));
  add("Sampled by", first_of(plans));
  if (!runs.empty()) { add("Last run", runs.front().command + ", " + runs.front().last_change + " UTC"); }
  return facts;
}

/// The answer of a search. Clips that the report does not show are left out.
std::vector<PageMoment> found_moments(const StoredFindings& findings, const std::vector<FoundMoment>& found)
{
  std::map<std::string, std::size_t> clips;
  for (std::size_t i = 0; i < findings.clips.size(); ++i) { clips.emplace(findings.clips[i].file.native(), i); }
  std::vector<PageMoment> moments;
  for (const FoundMoment& moment : found) {
    const auto clip = clips.find(moment.path);
    if (clip == clips.end()) { continue; }
    moments.push_back({.asset = {},
                       .clip = clip->second,
                       .from_s = moment.from_s,
                       .to_s = moment.to_s,
                       .frames = static_cast<int>(moment.frames.size()),
                       .best_s = moment.best.timestamp_s,
                       .frame_number = moment.best.number,
                       .score = moment.best.score,
                       .box = moment.best.box});
  }
  return moments;
}

}  // namespace

DraftPage page_of_all(Database& database, const StoredFindings& findings, const ReportJob& job)
{
  const fs::path folder = absolute_path(job.file).parent_path();
  DraftPage draft;
  ReportPage& page = draft.page;
  page.title = database.path().filename().native();
  if (job.filter.project_id.empty()) {
    for (const MediaRecord& media : failures_of(database)) {
      page.failures.push_back(
          {shown_path(percent_unescaped(media.stamp.path), folder), media.stage, media.error, media.tries});
    }
  }
  page.facts = facts_of(database, findings, page.failures.size());
  for (const AssetRecord& asset : findings.assets) {
    page.assets.push_back({asset.tag, {}});
    draft.sources.assets.push_back(&asset);
  }
  for (const StoredClip& clip : findings.clips) {
    page.clips.push_back(page_clip(clip, folder));
    draft.sources.clips.push_back(&clip);
  }
  for (const StoredMoment& moment : findings.moments) {
    page.moments.push_back(page_moment(moment, findings.clips[moment.clip]));
  }
  page.query = job.query;
  page.found = found_moments(findings, job.found);
  return draft;
}

namespace {

/// Puts a clip of another page into a draft, once.
std::size_t copy_clip(DraftPage& draft, const DraftPage& all, std::size_t clip,
                      std::map<std::size_t, std::size_t>& places)
{
  const auto [place, is_new] = places.try_emplace(clip, draft.page.clips.size());
  if (is_new) {
    draft.page.clips.push_back(all.page.clips[clip]);
    draft.sources.clips.push_back(all.sources.clips[clip]);
  }
  return place->second;
}

}  // namespace

DraftPage page_of_asset(const DraftPage& all, std::size_t asset, std::vector<PageMoment> moments, std::size_t most)
{
  DraftPage draft;
  ReportPage& page = draft.page;
  page.title = all.page.assets[asset].tag;
  page.assets.push_back(all.page.assets[asset]);
  draft.sources.assets.push_back(all.sources.assets[asset]);
  page.facts.emplace_back("Moments", fmt::format("{}", moments.size()));
  if (moments.size() > most) {
    std::ranges::sort(moments, {}, [](const PageMoment& one) { return std::tuple(-one.score, one.clip, one.from_s); });
    moments.resize(most);
    std::ranges::sort(moments, {}, [](const PageMoment& one) { return std::pair(one.clip, one.from_s); });
    page.facts.emplace_back("Shown", fmt::format("the best {}", most));
  }
  std::map<std::size_t, std::size_t> places;  // of clips
  for (PageMoment& moment : moments) {
    moment.clip = copy_clip(draft, all, moment.clip, places);
    moment.asset = 0;
  }
  page.moments = std::move(moments);
  return draft;
}

DraftPage page_of_clips(const DraftPage& all, const std::vector<std::size_t>& clips, const std::string& title)
{
  DraftPage draft;
  draft.page.title = title;
  std::map<std::size_t, std::size_t> places;
  for (const std::size_t clip : clips) { copy_clip(draft, all, clip, places); }
  return draft;
}

DraftPage index_page(const DraftPage& all, std::vector<std::pair<std::string, std::string>> links)
{
  DraftPage draft;
  ReportPage& page = draft.page;
  page.title = all.page.title;
  page.facts = all.page.facts;
  page.failures = all.page.failures;
  page.pages = std::move(links);
  page.query = all.page.query;
  page.found = all.page.found;
  page.lists_clips = false;
  std::map<std::size_t, std::size_t> places;
  for (PageMoment& moment : page.found) { moment.clip = copy_clip(draft, all, moment.clip, places); }
  return draft;
}

}  // namespace vidcv
