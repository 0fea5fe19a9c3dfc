// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package main

// The generators are those of go.mod; protoc is the one on the path.
//
//go:generate go build -o bin/ google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
//go:generate protoc -I ../.. --plugin=bin/protoc-gen-go --plugin=bin/protoc-gen-go-grpc --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative gymwire/v1/environment_service.proto gymwire/v1/space.proto gymwire/v1/value.proto
