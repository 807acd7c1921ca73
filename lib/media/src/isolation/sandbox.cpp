#include "isolation/sandbox.hpp"

#include "input/resident_memory.hpp"

#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cmath>
#include <initializer_list>

namespace vidcv {
namespace {

// The sanitizers take terabytes of address space, and look at memory by system calls that are denied here.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool k_is_sanitized = true;
#else
constexpr bool k_is_sanitized = false;
#endif

/// A system call that is let through where its argument is as it must be.
void allow(scmp_filter_ctx filter, int call, std::initializer_list<scmp_arg_cmp> conditions = {})
{
  seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, static_cast<unsigned>(conditions.size()), conditions.begin());
}

/// Memory, threads, clocks, and messages over what is open already.
constexpr std::array k_calls = {SCMP_SYS(read),
                                SCMP_SYS(pread64),
                                SCMP_SYS(readv),
                                SCMP_SYS(preadv),
                                SCMP_SYS(write),
                                SCMP_SYS(sendmsg),
                                SCMP_SYS(recvmsg),
                                SCMP_SYS(poll),
                                SCMP_SYS(ppoll),
                                SCMP_SYS(close),
                                SCMP_SYS(lseek),
                                SCMP_SYS(munmap),
                                SCMP_SYS(madvise),
                                SCMP_SYS(mremap),
                                SCMP_SYS(brk),
                                SCMP_SYS(futex),
                                SCMP_SYS(set_robust_list),
                                SCMP_SYS(rseq),
                                SCMP_SYS(set_tid_address),
                                SCMP_SYS(exit),
                                SCMP_SYS(exit_group),
                                SCMP_SYS(rt_sigprocmask),
                                SCMP_SYS(rt_sigaction),
                                SCMP_SYS(rt_sigreturn),
                                SCMP_SYS(sigaltstack),
                                SCMP_SYS(sched_yield),
                                SCMP_SYS(sched_getaffinity),
                                SCMP_SYS(clock_gettime),
                                SCMP_SYS(clock_nanosleep),
                                SCMP_SYS(clock_getres),
                                SCMP_SYS(nanosleep),
                                SCMP_SYS(gettimeofday),
                                SCMP_SYS(getpid),
                                SCMP_SYS(gettid),
                                SCMP_SYS(getrandom),
                                SCMP_SYS(getrusage),
                                SCMP_SYS(membarrier),
                                SCMP_SYS(restart_syscall),
                                SCMP_SYS(getcpu)};

/// All else fails with EPERM: a library that looks for a file of its own goes on without it.
bool enter_seccomp()
{
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) { return false; }
  for (const int call : k_calls) { allow(filter, call); }
  allow(filter, SCMP_SYS(mmap), {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}});
  allow(filter, SCMP_SYS(mprotect), {{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0}});
  allow(filter, SCMP_SYS(clone), {{0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD}});
  seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);  // its flags cannot be seen: clone it is
  allow(filter, SCMP_SYS(tgkill), {{0, SCMP_CMP_EQ, static_cast<scmp_datum_t>(::getpid()), 0}});  // abort()
  allow(filter, SCMP_SYS(prctl), {{0, SCMP_CMP_EQ, PR_SET_NAME, 0}});
  allow(filter, SCMP_SYS(prlimit64), {{0, SCMP_CMP_EQ, 0, 0}, {1, SCMP_CMP_EQ, RLIMIT_CPU, 0}});
  allow(filter, SCMP_SYS(prlimit64),
        {{0, SCMP_CMP_EQ, 0, 0}, {1, SCMP_CMP_EQ, RLIMIT_AS, 0}});  // can only be lowered, see set_limit()
  allow(filter, SCMP_SYS(prlimit64), {{0, SCMP_CMP_EQ, 0, 0}, {2, SCMP_CMP_EQ, 0, 0}});  // which only asks
  const bool loaded = seccomp_load(filter) == 0;
  seccomp_release(filter);
  return loaded;
}

/// No path may be opened, whatever system call does it.
int enter_landlock()
{
  const long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) { return 0; }
  landlock_ruleset_attr rules{};
  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1U) - 1;  // all of version 1
  const long ruleset = ::syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
  if (ruleset < 0) { return 0; }
  const bool held = ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
  ::close(static_cast<int>(ruleset));
  return held ? static_cast<int>(version) : 0;
}

void set_limit(__rlimit_resource_t which, rlim_t value)
{
  rlimit now{};
  if (::getrlimit(which, &now) != 0) { return; }
  value = now.rlim_max == RLIM_INFINITY ? value : std::min(value, now.rlim_max);
  now.rlim_cur = value;
  if (which != RLIMIT_CPU) { now.rlim_max = value; }  // which grows from file to file
  ::setrlimit(which, &now);
}

}  // namespace

Sandbox enter_sandbox()
{
  ::prctl(PR_SET_DUMPABLE, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_FSIZE, 0);
  Sandbox sandbox;
  sandbox.landlock = enter_landlock();
  sandbox.has_seccomp = !k_is_sanitized && enter_seccomp();
  return sandbox;
}

void limit_memory(std::int64_t memory_bytes)
{
  if (k_is_sanitized) { return; }
  set_limit(RLIMIT_AS, static_cast<rlim_t>(used_memory().address_space + memory_bytes));
}

void limit_processor_time(double seconds)
{
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto spent = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec);
  set_limit(RLIMIT_CPU, static_cast<rlim_t>(std::ceil(spent + seconds) + 1));
}

}  // namespace vidcv
