package shell

import (
	"maps"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// LeftOut refuses the inputs that the official provider has and this one doesn't, by name, before anything runs.
func LeftOut(inputs property.Map, names ...string) []p.CheckFailure {
	var failures []p.CheckFailure
	for _, name := range names {
		if value, given := inputs.GetOk(name); given && !value.IsNull() {
			failures = append(failures, p.CheckFailure{
				Property: name,
				Reason:   "the sandbox's stand-in for the command provider leaves this out; the official plugin has it",
			})
		}
	}
	return failures
}

// Unknown refuses the properties of an object that aren't among the known ones. It names them and shows no value:
// the one beside them may be a private key.
func Unknown(path string, object property.Map, known []string) []p.CheckFailure {
	var failures []p.CheckFailure
	for _, name := range slices.Sorted(maps.Keys(object.AsMap())) {
		if !slices.Contains(known, name) {
			failures = append(failures, p.CheckFailure{
				Property: path + "." + name,
				Reason:   "there is no such property; there are " + strings.Join(known, ", "),
			})
		}
	}
	return failures
}
