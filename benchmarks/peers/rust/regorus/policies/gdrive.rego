# What gdrive.cedar of the OOPSLA benchmark says, policy by policy, in Rego.
package authz

import rego.v1

default allow := false

principal := data.entities[input.principal].attrs

# Who has been granted view access to a document or a folder above it can read the document.
allow if {
	input.action == "read"
	within(input.resource, principal.documentsAndFoldersWithViewAccess)
}

# Anyone can read a public document.
allow if {
	input.action == "read"
	data.entities[input.resource].attrs.isPublic
}

# Who owns a document or a folder above it can read, write and share the document.
allow if {
	input.action in {"read", "write", "share"}
	some document in principal.ownedDocuments
	within(input.resource, document)
}

allow if {
	input.action in {"read", "write", "share"}
	some folder in principal.ownedFolders
	within(input.resource, folder)
}

# The owner of a document can change its owner.
allow if {
	input.action == "changeOwner"
	input.resource in principal.ownedDocuments
}

# The owner of a folder can create documents in it.
allow if {
	input.action == "createDocument"
	input.resource in principal.ownedFolders
}

within(entity, ancestor) if entity == ancestor

within(entity, ancestor) if data.entities[entity].ancestors[ancestor]
