package main

import (
	"context"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
)

// replaceOnTriggers makes every change of the triggers replace the resource. The framework does so only if all of them
// are added or removed, and leaves a change of one of them to an option that Pulumi's Node.js SDK sets.
func replaceOnTriggers(provider p.Provider) p.Provider {
	diff := provider.Diff
	provider.Diff = func(ctx context.Context, req p.DiffRequest) (p.DiffResponse, error) {
		response, err := diff(ctx, req)
		for path, change := range response.DetailedDiff {
			if strings.HasPrefix(path, "triggers[") {
				change.Kind = replacing(change.Kind)
				response.DetailedDiff[path] = change
			}
		}
		return response, err
	}
	return provider
}

func replacing(kind p.DiffKind) p.DiffKind {
	switch kind {
	case p.Add:
		return p.AddReplace
	case p.Delete:
		return p.DeleteReplace
	case p.Update:
		return p.UpdateReplace
	default:
		return kind
	}
}
