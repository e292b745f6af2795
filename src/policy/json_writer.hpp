#pragma once

#include "policy/json_emitter.hpp"

#include <quis/base/ids.hpp>
#include <quis/policy/policy.hpp>

/// Policies in Cedar's JSON form, key for key what Cedar itself writes for the same policy text.
namespace quis {

/// One policy or template, without its id.
void write_policy_json(JsonEmitter& out, const PolicyBody& body);

/// A link as an element of `templateLinks`. REQUIRES: it is one.
void write_link_json(JsonEmitter& out, const Policy& link);

/// `{"type": …, "id": …}`.
void write_entity_json(JsonEmitter& out, EntityId entity);

}  // namespace quis
