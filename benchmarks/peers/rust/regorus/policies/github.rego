# What github.cedar of the OOPSLA benchmark says, policy by policy, in Rego. Read is a part of triage, triage of write,
# write of maintain, and maintain of admin.
package authz

import rego.v1

default allow := false

resource := data.entities[input.resource].attrs

owner := data.entities[resource.owner].attrs

# Users can do what the permission says that they have been granted.
allow if {
	input.action == "read"
	within(input.principal, resource.readers)
}

allow if {
	input.action in {"read", "triage"}
	within(input.principal, resource.triagers)
}

allow if {
	input.action in {"read", "triage", "write"}
	within(input.principal, resource.writers)
}

allow if {
	input.action in {"read", "triage", "write", "maintain"}
	within(input.principal, resource.maintainers)
}

allow if {
	input.action in {"read", "triage", "write", "maintain", "admin"}
	within(input.principal, resource.admins)
}

# Users inherit permissions from the owner of a repository.
allow if {
	input.action == "read"
	within(input.principal, owner.readers)
}

allow if {
	input.action in {"read", "triage", "write"}
	within(input.principal, owner.writers)
}

allow if {
	input.action in {"read", "triage", "write", "maintain", "admin"}
	within(input.principal, owner.admins)
}

within(entity, ancestor) if entity == ancestor

within(entity, ancestor) if data.entities[entity].ancestors[ancestor]
