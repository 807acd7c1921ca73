#pragma once

#include <catch2/catch.hpp>
#include <hwy/targets.h>

#include <cstdint>

namespace vidcv::testing {

/// Kernels compute with one instruction set while it lives, though the processor may have better ones.
class InstructionSet {
 public:
  explicit InstructionSet(std::int64_t target) : m_name(hwy::TargetName(target)) { choose(target); }
  ~InstructionSet() { choose(0); }
  InstructionSet(const InstructionSet&) = delete;
  InstructionSet& operator=(const InstructionSet&) = delete;

  const char* name() const noexcept { return m_name; }

 private:
  static void choose(std::int64_t target)
  {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
  }

  const char* m_name;
};

}  // namespace vidcv::testing

/// Runs the test case from here on once with each instruction set that this processor and this compiler have.
#define VIDCV_WITH_EACH_INSTRUCTION_SET()                                            \
  const vidcv::testing::InstructionSet instruction_set(                              \
      GENERATE(Catch::Generators::from_range(hwy::SupportedAndGeneratedTargets()))); \
  INFO(instruction_set.name())
