#!/usr/bin/env python3
"""Breaks the decision cache and the publication in one way at a time, and requires that a test notices.

    mutants.py --root . [--work build/mutants [NAME...]]

Each mutant replaces one text in one source file of a copy of the project; it is an error when the text is not there, so
that a mutant cannot quietly stop being one. The tests of the cache and of the live engine, those of real threads
included, are built and run, several times where chance plays a part: at least one run must fail.
"""

import argparse
import filecmp
import os
import pathlib
import shutil
import subprocess
import sys

CACHE = "src/engine/cache.hpp"
LIVE = "src/engine/live_engine.cpp"

TOPICS = ("cache", "situations", "reads", "readers", "live_engine", "membership_ends", "snapshots", "lease", "stress",
          "linearizability")

MUTANTS = {
    "drop the version check": (CACHE, "if (word.stamp() > stamp || !clock_->holds(word.stamp(), key.principal(), key.resource(), reach)) return 0;",
                               ""),
    "publish the snapshot before what changed": (
        LIVE,
        """  if (cache != nullptr) {
    for (const EntityId entity : update->touched) cache->clock.changed(entity, cache->stamp(version));
  }
  exchange(std::move(next), std::move(cache), update->touched.size());
  return version;""",
        """  AnswerCache* const kept = cache.get();
  exchange(std::move(next), std::move(cache), update->touched.size());
  if (kept != nullptr) {
    for (const EntityId entity : update->touched) kept->clock.changed(entity, kept->stamp(version));
  }
  return version;"""),
    "skip the resource": (CACHE, "stamp >= last_[partition(resource)].load(std::memory_order_relaxed);", "true;"),
    "skip the principal": (CACHE, "stamp >= last_[partition(principal)].load(std::memory_order_relaxed) &&", "true &&"),
    "skip references": ("src/engine/reads.cpp", "reach_ = Reach::anywhere;", ""),
    "skip descendants": (LIVE, "for (const EntityId entity : update->touched) cache->clock.changed",
                         "for (const EntityId entity : std::span(update->touched).first(std::min<std::size_t>(1, update->touched.size()))) cache->clock.changed"),
    "keep the cache across policies": (LIVE, "auto cache = new_cache(next, version);\n    exchange", "auto cache = old.cache;\n    exchange"),
    "compare the pair only": (CACHE, "if (word.situation() != key.situation()) return 0;", ""),
    "compare half of the pair": (CACHE, "std::uint32_t{bucket.ways[kWay].pair.load(std::memory_order_acquire) == pair} << kWay",
                                 "std::uint32_t{std::uint32_t(bucket.ways[kWay].pair.load(std::memory_order_acquire)) == std::uint32_t(pair)} << kWay"),
    "be at home to everybody": (CACHE, "if (bucket.ways[place.home].pair.load(std::memory_order_acquire) != key.pair()) return 0;", ""),
    "forget that the thread reads": ("src/engine/readers.hpp", "    if (slot.nesting != 0) [[unlikely]]\n      return nullptr;\n", ""),
    "trust torn reads": (CACHE, "if (bucket.sequence.load(std::memory_order_relaxed) != (sequence & ~std::uint64_t{1})) return 0;", ""),
    "write without the lock": (CACHE, "if (!begin_write(bucket, sequence)) return false;", "(void)&begin_write;"),
    "leave the context out": ("src/engine/situations.cpp", "if (read.value) {", "if (false) {"),
    "let stamps wrap around": ("src/engine/snapshot.hpp", "static_cast<std::uint32_t>(version - begin)",
                               "static_cast<std::uint32_t>((version - begin) % 4)"),
    "let memberships last": (LIVE, "return time() >= until;", "return false;"),
    "let the old world come back": (LIVE, "  entities_ = EntityUpdater(next.entities());\n", ""),
    "keep the cache when actions change": (LIVE, "if (change.policies || touches_actions(update->touched)) {",
                                           "if (change.policies) {"),
    "compare contexts by their hash": ("src/engine/situations.cpp",
                                       " && std::ranges::equal(found->parts, parts)) return here;", ") return here;"),
    "follow no tags": ("src/engine/reads.cpp", "      case Op::get_tag:\n      case Op::has_tag:\n", ""),
    "look at some readers only": ("src/engine/readers.cpp", "slots != nullptr && i < size; ++i) visit(slots[i]);",
                                  "slots != nullptr && i < 0 * size; ++i) visit(slots[i]);"),
    "read within a reading anew": ("src/engine/readers.hpp", "if (slot.nesting++ == 0) enter(slot);",
                                   "++slot.nesting;\n    enter(slot);"),
    "stamp leases with what is published": (
        "src/engine/lease.cpp", "checked_ = kept_->decision.permitted() ? snapshot.version : kEnded;",
        "checked_ = kept_->decision.permitted() ? kept_->engine.published.load() : kEnded;"),
    "look before the moment is read": (
        "src/engine/lease_watch.cpp",
        """      const LiveEngine::Impl::Moment moment = engine_.moment();
      for (Watched& gone : take_ended()) gone.ended(gone.lease.decision());
""",
        """      for (Watched& gone : take_ended()) gone.ended(gone.lease.decision());
      const LiveEngine::Impl::Moment moment = engine_.moment();
"""),
    "answer for other reasons": ("src/engine/verdicts.cpp", " && std::ranges::equal(a.determining(), b.determining())", ""),
    "give nothing back": (LIVE, "waiting_.snapshots >= kMostWaiting.snapshots || waiting_.entities >= kMostWaiting.entities",
                          "false"),
    "keep worlds that were exchanged": (LIVE, "|| waiting_.entities >= kMostWaiting.entities", ""),
    "give back what a call looks at": (LIVE, """  const Reading reading(impl_->readers);
  impl_->now().engine.authorize_many""", "  impl_->now().engine.authorize_many"),
}


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def copy_changed(source, target):
    """Leaves the times of files alone that are the same: a build must see every change, and a mutant taken back is one."""
    if not os.path.exists(target) or not filecmp.cmp(source, target, shallow=False):
        shutil.copyfile(source, target)
        shutil.copymode(source, target)


def copy_project(root, copy):
    shutil.copytree(root, copy, dirs_exist_ok=True, copy_function=copy_changed,
                    ignore=shutil.ignore_patterns("build", ".git"))


def build(copy, folder, jobs):
    result = run(["cmake", "-S", copy, "-B", folder, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=None", "-DCMAKE_CXX_FLAGS=-O1 -g0",
                  "-DQUIS_BUILD_TESTS=ON", "-DQUIS_BUILD_EXAMPLES=OFF", "-DQUIS_BUILD_TOOL=OFF", "-DQUIS_CHECKS=OFF"])
    if result.returncode == 0:
        result = run(["cmake", "--build", folder, "-j", str(jobs), "--target", "quis_live_tests"])
    if result.returncode != 0:
        sys.exit(result.stdout[-3000:] + result.stderr[-3000:])


def noticed(folder, seconds):
    program = next(pathlib.Path(folder).glob("**/quis_live_tests"))
    for attempt in range(3):
        for topic in TOPICS:
            environment = dict(os.environ, QUIS_STRESS_SECONDS=str(seconds * (attempt + 1)))
            try:
                result = run([program, f"--source-file=*/live/{topic}_test.cpp"], env=environment, timeout=60 + 2 * seconds * (attempt + 1))
            except subprocess.TimeoutExpired:
                return f"{topic}, endless"
            if result.returncode != 0:
                return topic
    return None


def check_texts(root):
    """A mutant whose text is gone would be none."""
    for name, (file, text, _) in MUTANTS.items():
        times = (root / file).read_text(encoding="utf-8").count(text)
        if times != 1:
            sys.exit(f"mutants: `{name}`: its text stands {times} times in {file}; mend the list")


def main():
    parser = argparse.ArgumentParser(description="mutation tests of the decision cache")
    parser.add_argument("--root", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, help="without it, only whether every mutant's text is there")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    check_texts(arguments.root)
    if arguments.work is None:
        return
    copy = arguments.work / "source"
    copy_project(arguments.root, copy)
    folder = arguments.work / "build"
    build(copy, folder, arguments.jobs)
    if topic := noticed(folder, arguments.seconds):
        sys.exit(f"mutants: the tests of {topic} fail without any mutant, and so would tell nothing")
    survivors = []
    for name, (file, text, replacement) in MUTANTS.items():
        if arguments.names and name not in arguments.names:
            continue
        original = (arguments.root / file).read_text(encoding="utf-8")
        copy_project(arguments.root, copy)
        mutated = copy / file
        mutated.write_text(original.replace(text, replacement), encoding="utf-8")
        build(copy, folder, arguments.jobs)
        topic = noticed(folder, arguments.seconds)
        print(f"{'caught by ' + topic if topic else 'SURVIVED':26} {name}", flush=True)
        if topic is None:
            survivors.append(name)
    sys.exit(1 if survivors else 0)


if __name__ == "__main__":
    main()
