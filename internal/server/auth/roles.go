package auth

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/rearguard/rearguard/internal/store"
)

// Permission is something that a principal may do, or, joined with |, several such things.
// What is seen or changed by it is decided again for each record.
type Permission uint32

// The permissions.
const (
	Read          Permission = 1 << iota // what is released to it
	SeeAll                               // what contributors do not release, too
	EditOwn                              // its contributor's record and units; answer what that contributor is asked
	EditSeen                             // what it sees unaltered
	EditAll                              // every record; answer in the name of any contributor
	KeepScenarios                        // keep new ones, restore versions and remove scenarios
	Branch                               // make a scenario of its own of a version, with what is not released in it
	Plan                                 // try, keep and remove plans; queue jobs
	Ask                                  // ask contributors for something, and see what each was asked
	Approve                              // approve a plan, and take an approval back
	Share                                // show a plan to whoever has a link
	Administer                           // people, the audit chain, metrics
	afterLast
)

const (
	// Public asks for no permission: nobody has to sign in.
	Public Permission = 0
	// Edit is for what serves all who edit something, whatever that is.
	Edit = EditOwn | EditSeen | EditAll

	everything = afterLast - 1
)

// names of the permissions, in their order, as the session tells them to programs.
var names = []string{"read", "see-all", "edit-own", "edit-seen", "edit-all", "keep-scenarios", "branch", "plan", "ask", "approve", "share", "administer"}

// Names are the names of the permissions in a set.
func (p Permission) Names() []string {
	list := []string{}
	for i, name := range names {
		if p&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return list
}

// Role is a named set of permissions.
type Role struct {
	Name          store.Role
	Plural        string
	May           Permission
	OfContributor bool // whoever has it belongs to one contributor
}

// The names of the roles.
const (
	Coordinator store.Role = "coordinator"
	Planner     store.Role = "planner"
	Approver    store.Role = "approver"
	Liaison     store.Role = "liaison"
	Viewer      store.Role = "viewer"
)

// Roles are all roles. A new one is a row here and its name above: sessions, invitations,
// the API's description and its page follow.
var Roles = []Role{
	{Name: Coordinator, Plural: "coordinators", May: everything},
	{Name: Planner, Plural: "planners", May: Read | EditSeen | KeepScenarios | Plan | Ask | Share},
	{Name: Approver, Plural: "approvers", May: Read | SeeAll | Approve},
	{Name: Liaison, Plural: "liaisons", May: Read | EditOwn, OfContributor: true},
	{Name: Viewer, Plural: "viewers", May: Read},
}

// RoleNamed is the role of a name; nil if there is none, such as one of a newer program.
func RoleNamed(name store.Role) *Role {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.Name == name })
	if i < 0 {
		return nil
	}
	return &Roles[i]
}

// Holders says in words who has one of the permissions.
func (p Permission) Holders() string {
	var list []string
	for _, r := range Roles {
		if r.May&p != 0 {
			list = append(list, r.Plural)
		}
	}
	switch {
	case p == Public:
		return "anybody"
	case len(list) == len(Roles):
		return "whoever has signed in"
	case len(list) == 1:
		return list[0]
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}

// May reports whether a principal has one of the permissions.
func (p *Principal) May(permission Permission) bool {
	return permission == Public || p.permissions()&permission != 0
}

func (p *Principal) permissions() Permission {
	if p.Person == nil {
		return 0
	}
	if r := RoleNamed(p.Person.Role); r != nil {
		return r.May
	}
	return 0
}

// Permissions are the names of what a principal may do.
func (p *Principal) Permissions() []string { return p.permissions().Names() }

// Check says why a principal may not make a request that needs one of the permissions; nil
// if it may.
func (p *Principal) Check(permission Permission, method string) error {
	switch {
	case permission != Public && p.Person == nil:
		return &Refused{Status: http.StatusUnauthorized, Detail: "sign in first: with POST /api/session, or a token as Authorization: Bearer"}
	case !p.May(permission):
		return &Refused{Status: http.StatusForbidden, Detail: fmt.Sprintf("this is for %s; your role is %s", permission.Holders(), p.Person.Role)}
	case p.readsOnly && method != http.MethodGet && method != http.MethodHead:
		return &Refused{Status: http.StatusForbidden, Detail: "this token may only read"}
	}
	return nil
}
