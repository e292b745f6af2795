#pragma once

#include <memory>

#include <quis/policy/canonical_form.hpp>

namespace quis {

/// `digest(*body)`, worked out once. Bodies that are shared do not change any more.
[[nodiscard]] Digest kept_digest(const std::shared_ptr<const PolicyBody>& body);

/// Whether two bodies say the same, whatever their layout.
[[nodiscard]] bool same_body(const std::shared_ptr<const PolicyBody>& a, const std::shared_ptr<const PolicyBody>& b);

}  // namespace quis
