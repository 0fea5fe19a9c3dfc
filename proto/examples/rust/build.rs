// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

//! Generates the messages and the client with the `protoc` on the path, or with the program that `PROTOC` names.

use std::io::Result;

fn main() -> Result<()> {
    tonic_prost_build::configure()
        .build_server(false)
        .compile_protos(&["../../gymwire/v1/environment_service.proto"], &["../.."])
}
