package server

import (
	"context"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/rearguard/rearguard/internal/server/auth"
	"github.com/rearguard/rearguard/internal/store"
)

func (x *Server) auditOperations() {
	tags := []string{"audit"}
	register(x, auth.Administer, huma.Operation{Method: "GET", Path: "/api/audit", Summary: "Who did what, when and from where, the newest first", Tags: tags}, x.listAudit)
	register(x, auth.Administer, huma.Operation{Method: "GET", Path: "/api/audit/verify", Summary: "Whether anybody has tampered with the chain", Tags: tags}, x.verifyAudit)
}

func (x *Server) listAudit(ctx context.Context, in *struct {
	Before int64 `query:"before" minimum:"0"`
	Limit  int   `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}) (*reply[Page[store.Entry]], error) {
	list, err := x.store.Audit(ctx, in.Before, in.Limit+1)
	return replyOf(page(list, in.Limit, func(e store.Entry) string { return strconv.FormatInt(e.N, 10) }), err)
}

func (x *Server) verifyAudit(ctx context.Context, in *struct {
	Head string `query:"head" maxLength:"64" doc:"Hash of a line that you noted earlier; the chain must still go through it."`
}) (*reply[store.Chain], error) {
	return replyOf(x.store.VerifyAudit(ctx, in.Head, nil))
}
