#pragma once

/// What hosts need: load policies and entities, build a world, decide.
///
///     auto policies = quis::PolicySet::from_file("policies.cedar");
///     auto entities = quis::Entities::from_json_file("entities.json");
///     quis::Engine engine(quis::World::build(*policies, *entities));
///     auto decision = engine.authorize(R"(User::"alice")", R"(Action::"view")", R"(Photo::"cat.jpg")");
///
/// Each room has headers of its own for hosts that want less: base, model, policy, engine, guard. Not brought in, as
/// few hosts pay for them: engine/filter.hpp and engine/sql_filter.hpp (policies as a condition of a database query),
/// engine/native_program.hpp (policies compiled ahead of time; the header of `quis_compile_policies` has it),
/// engine/reference.hpp, policy/canonical_form.hpp, policy/format.hpp, policy/schema_translation.hpp.

#include <quis/base/result.hpp>
#include <quis/engine/diff.hpp>
#include <quis/engine/engine.hpp>
#include <quis/engine/lease_watch.hpp>
#include <quis/engine/live_engine.hpp>
#include <quis/engine/partial.hpp>
#include <quis/engine/search.hpp>
#include <quis/engine/world_file.hpp>
#include <quis/guard/guard.hpp>
#include <quis/guard/json_lines_hook.hpp>
#include <quis/guard/memory_hook.hpp>
#include <quis/model/conformance.hpp>
#include <quis/model/entities.hpp>
#include <quis/model/entities_file.hpp>
#include <quis/model/schema.hpp>
#include <quis/policy/policy_directory.hpp>
#include <quis/policy/policy_set.hpp>
#include <quis/policy/schema_parser.hpp>
#include <quis/policy/validator.hpp>
