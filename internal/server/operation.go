package server

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/server/auth"
)

// register adds an operation that whoever has one of the permissions may call. Each is a
// line in a function of its kind, such as planOperations, and a method of Server that does
// it: what comes in is checked by the tags of its struct, and an error goes through
// [Server.problem].
func register[I, O any](x *Server, permission auth.Permission, o huma.Operation, do func(context.Context, *I) (*O, error)) {
	o.OperationID = operationID(o.Method, o.Path)
	o.Description = strings.TrimSpace(o.Description + "\n\nFor " + permission.Holders() + ".")
	if permission != auth.Public {
		o.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	o.Middlewares = append(huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
		if err := auth.From(ctx.Context()).Check(permission, ctx.Method()); err != nil {
			status, text := x.said(ctx.Context(), err)
			_ = huma.WriteErr(x.api, ctx, status, text)
			return
		}
		next(ctx)
	}}, o.Middlewares...)
	x.permissions[o.OperationID] = permission
	huma.Register(x.api, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, x.problem(ctx, err)
		}
		return out, nil
	})
}

func operationID(method, path string) string {
	return strings.ToLower(method) + strings.NewReplacer("/api", "", "/", "-", "{", "", "}", "").Replace(path)
}

// reply is what an operation answers that is nothing but a body.
type reply[T any] struct{ Body T }

func replyOf[T any](body T, err error) (*reply[T], error) {
	if err != nil {
		return nil, err
	}
	return &reply[T]{body}, nil
}

// Page is a part of a list. Next is what to ask for to read on, empty at the end.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// all is a list that is read at once.
func all[T any](list []T, err error) (*reply[Page[T]], error) {
	return replyOf(Page[T]{Items: list}, err)
}

// page cuts a list that was read one longer than asked for.
func page[T any](list []T, limit int, next func(T) string) Page[T] {
	p := Page[T]{Items: list}
	if len(list) > limit {
		p.Items = list[:limit]
		p.Next = next(list[limit-1])
	}
	return p
}

// tagged is an answer with its version as an entity tag.
type tagged[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

// etag is the version of something, as an entity tag.
func etag(version int64) string { return fmt.Sprintf("%q", strconv.FormatInt(version, 10)) }

// ifVersion reads the conditions of a write: If-Match with a version, or If-None-Match:
// * for something new. One of them must be there, so that nobody overwrites what they
// have not read.
func ifVersion(match, none string) (*int64, error) {
	zero := int64(0)
	switch {
	case match == "" && none == "":
		return nil, huma.NewError(http.StatusPreconditionRequired, "say which version you read, as If-Match: \"VERSION\", or If-None-Match: * for something new")
	case none != "" && none != "*", none == "*" && match != "":
		return nil, huma.Error400BadRequest("If-None-Match is * here, without If-Match")
	case none == "*":
		return &zero, nil
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(match, "W/"), `"`), 10, 64)
	if err != nil || n < 1 {
		return nil, huma.Error400BadRequest(fmt.Sprintf("If-Match %s: it is the version of the record, such as \"12\"", match))
	}
	return &n, nil
}
