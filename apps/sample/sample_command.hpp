#pragma once

#include "clip_job.hpp"
#include "clip_report.hpp"

#include <vidcv/cli/command.hpp>
#include <vidcv/cli/inputs.hpp>
#include <vidcv/pipeline/sample_clip.hpp>

#include <optional>

namespace vidcv {

class SampleCommand : public Command {
 public:
  std::string_view name() const override { return "sample"; }
  void declare(CommandLine& line) override;
  void run(Report& report) override;
  std::vector<std::pair<std::string, std::string>> components() const override;

 private:
  void declare_pictures(CommandLine& line);
  SampleOptions requested_options() const;
  void set_stretch(SamplingPlan& plan) const;
  WriteOptions write_options() const;
  void sample_all(const std::vector<std::filesystem::path>& files, ClipJobOptions& options, Report& report);
  void tell(const DoneClip& done, Report& report);

  InputOptions m_inputs;
  std::string m_frames;
  std::string m_times;
  std::string m_start;
  std::string m_end;
  std::string m_out;
  std::string m_format = "jpg";
  std::string m_name = "frame_{number:06}";
  std::string m_sheet;
  std::optional<int> m_stream;
  std::optional<int> m_quality;
  std::optional<int> m_longest_side;
  bool m_ratios = false;
  bool m_force = false;
  bool m_dry_run = false;
  bool m_strict = false;
  bool m_explain = false;

  int m_kept = 0;  // pictures that were there
};

}  // namespace vidcv
