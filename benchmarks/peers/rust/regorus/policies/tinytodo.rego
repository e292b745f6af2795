# What tinytodo.cedar of the OOPSLA benchmark says, policy by policy, in Rego.
package authz

import rego.v1

default allow := false

resource := data.entities[input.resource].attrs

# Any user can create a list and see what lists they own.
allow if {
	input.action in {"CreateList", "GetLists"}
	input.resource == "Application::TinyTodo"
}

# Users can do anything with a list that they own.
allow if resource.owner == input.principal

# Readers and editors can see a list.
allow if {
	input.action == "GetList"
	some group in [resource.readers, resource.editors]
	within(input.principal, group)
}

# Editors can update a list and its tasks.
allow if {
	input.action in {"UpdateList", "CreateTask", "UpdateTask", "DeleteTask"}
	within(input.principal, resource.editors)
}

within(entity, ancestor) if entity == ancestor

within(entity, ancestor) if data.entities[entity].ancestors[ancestor]
