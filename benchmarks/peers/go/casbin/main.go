// Casbin as a benchmark peer: the sharing of documents that the gdrive workload is about, as roles.
//
// g: who belongs to a group; everybody belongs to `everyone`. g2: what lies in a folder; a share is a folder too (the
// workload's entities of the type View), and so is `public`. p: what a subject may do with an object, and whether with what
// lies below it too. The timed region is Enforcer.Enforce with values that were built before. The plain Enforcer: the
// cached one would look up its last answer.
package main

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"

	"quis.example/peers/harness"
)

// The cheapest comparison stands first: Casbin tries the lines one after the other.
const rules = `
[request_definition]
r = sub, obj, act

[policy_definition]
p = sub, obj, act, reach

[role_definition]
g = _, _
g2 = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.act == p.act && g(r.sub, p.sub) && (r.obj == p.obj || p.reach == "below" && g2(r.obj, p.obj))
`

const (
	everyone = "everyone"
	public   = "public"
)

type attributes struct {
	OwnedDocuments []harness.Reference `json:"ownedDocuments"`
	OwnedFolders   []harness.Reference `json:"ownedFolders"`
	IsPublic       bool                `json:"isPublic"`
}

type tables struct {
	policies [][]string
	members  [][]string
	contents [][]string
}

func (t *tables) owner(user, object, alone string) {
	for _, action := range []string{"read", "write", "share"} {
		t.policies = append(t.policies, []string{user, object, action, "below"})
	}
	t.policies = append(t.policies, []string{user, object, alone, "this"})
}

func (t *tables) add(entity harness.Entity) error {
	uid := entity.UID.Entity
	var attrs attributes
	if err := json.Unmarshal(entity.Attrs, &attrs); err != nil {
		return err
	}
	switch uid.Type {
	case "User":
		t.members = append(t.members, []string{uid.String(), everyone})
		for _, group := range entity.Parents {
			t.members = append(t.members, []string{uid.String(), group.Entity.String()})
		}
		for _, document := range attrs.OwnedDocuments {
			t.owner(uid.String(), document.Entity.String(), "changeOwner")
		}
		for _, folder := range attrs.OwnedFolders {
			t.owner(uid.String(), folder.Entity.String(), "createDocument")
		}
	case "View":
		// Named `User NAME` or `Group NAME`, after whom its contents are shared with. That the view of a group lies in those
		// of its members says the same as that they belong to the group.
		kind, name, _ := strings.Cut(uid.ID, " ")
		holder := harness.UID{Type: kind, ID: name}
		t.policies = append(t.policies, []string{holder.String(), uid.String(), "read", "below"})
	case "Document", "Folder":
		for _, folder := range entity.Parents {
			t.contents = append(t.contents, []string{uid.String(), folder.Entity.String()})
		}
		if attrs.IsPublic {
			t.contents = append(t.contents, []string{uid.String(), public})
		}
	}
	return nil
}

type system struct {
	enforcer *casbin.Enforcer
	requests [][]any
}

func load(subject harness.Case) (harness.System, error) {
	t := tables{policies: [][]string{{everyone, public, "read", "below"}}}
	for _, entity := range subject.Entities {
		if err := t.add(entity); err != nil {
			return nil, err
		}
	}
	parsed, err := model.NewModelFromString(rules)
	if err != nil {
		return nil, err
	}
	enforcer, err := casbin.NewEnforcer(parsed)
	if err != nil {
		return nil, err
	}
	policies, err := enforcer.AddPolicies(t.policies)
	if err != nil {
		return nil, err
	}
	members, err := enforcer.AddGroupingPolicies(t.members)
	if err != nil {
		return nil, err
	}
	contents, err := enforcer.AddNamedGroupingPolicies("g2", t.contents)
	if err != nil {
		return nil, err
	}
	if !policies || !members || !contents {
		return nil, errors.New("the entities say something twice")
	}
	loaded := system{enforcer: enforcer}
	for _, request := range subject.Requests {
		loaded.requests = append(loaded.requests,
			[]any{request.Principal.String(), request.Resource.String(), request.Action.ID})
	}
	return loaded, nil
}

func (s system) Decide(request int) (bool, error) { return s.enforcer.Enforce(s.requests[request]...) }

func (s system) Close() {}

func main() { harness.Main(load) }
