#!/bin/sh
# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
#
# Generates the messages and the client in gymwire/v1. `go generate` runs this script in its folder. It needs protoc on
# the PATH; go.mod lists the other generators.

set -eu
go build -o bin/ google.golang.org/protobuf/cmd/protoc-gen-go google.golang.org/grpc/cmd/protoc-gen-go-grpc
protoc -I ../.. --plugin=bin/protoc-gen-go --plugin=bin/protoc-gen-go-grpc \
  --go_out=. --go_opt=paths=source_relative --go-grpc_out=. --go-grpc_opt=paths=source_relative \
  ../../gymwire/v1/*.proto
