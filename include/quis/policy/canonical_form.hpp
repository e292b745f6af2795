#pragma once

#include <string>

#include <quis/base/digest.hpp>
#include <quis/policy/policy.hpp>

/// The canonical form of policies: the bytes that `PolicySet::digest` is of. The digest names a policy set in signed
/// evidence, so the form never changes; another form would have another first line.
///
///     digest of a set    = SHA-256("quis policy set 1\n" number entry entry …)
///     number             = how many entries
///     entry              = kind length id SHA-256(document)     in order of the bytes of the ids
///     kind               = "P" static policy, "T" template, "L" link
///     length             = bytes of the id
///     document of P, T   = the policy in Cedar's JSON form
///     document of L      = {"newId": …, "templateId": …, "values": {"?principal": {"__entity": …}, …}}
///
/// Numbers and lengths are eight bytes, the most significant first; the inner SHA-256 are 32 bytes. Documents are JSON
/// without spaces, the members of every object sorted by the bytes of their keys, with the escapes that JSON demands
/// and no others (`JsonEmitter` lists them). An annotation without a value has the value `""`, for so Cedar takes it.
///
/// *Who can recompute it.* Anyone who has the policies in Cedar's JSON, from whatever tool:
///
///     import hashlib, json, sys
///     sha256 = lambda data: hashlib.sha256(data).digest()
///     document = lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
///     s = json.load(sys.stdin)
///     for p in [*s["staticPolicies"].values(), *s["templates"].values()]:
///         if "annotations" in p: p["annotations"] = {k: v or "" for k, v in p["annotations"].items()}
///     entries = [(i.encode(), b"P", p) for i, p in s["staticPolicies"].items()]
///     entries += [(i.encode(), b"T", p) for i, p in s["templates"].items()]
///     entries += [(l["newId"].encode(), b"L", l) for l in s["templateLinks"]]
///     entries.sort(key=lambda e: e[0])
///     data = b"quis policy set 1\n" + len(entries).to_bytes(8, "big")
///     for i, kind, value in entries: data += kind + len(i).to_bytes(8, "big") + i + sha256(document(value))
///     print(sha256(data).hex())
///
/// *Why no two sets share their bytes.* The bytes can be read back in one way only: the first line and the number have
/// fixed lengths, and every entry says where its id ends and has a fixed length behind it. Ids are unique in a set over
/// all kinds, so the order is determined. A document, being JSON, can be read back too, and Cedar's JSON form gives the
/// policy back up to layout. So different sets give different bytes, or two documents have one SHA-256. No document
/// begins like the outer bytes, so neither digest can be passed off as the other.
namespace quis {

/// The document of a static policy or template.
[[nodiscard]] std::string canonical_json(const PolicyBody& body);

/// The SHA-256 of that: equal for two bodies that say the same in another layout. A few microseconds.
[[nodiscard]] Digest digest(const PolicyBody& body);

}  // namespace quis
