// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

// Steps environments of a Gymwire server: ./example 127.0.0.1:50051

#include <algorithm>
#include <iostream>
#include <limits>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "gymwire/v1/environment_service.grpc.pb.h"
#include "values.hpp"

namespace {

using example::array;
using example::as_array;
using example::elements;
using example::unpack;
using grpc::ClientContext;
using grpc::Status;

namespace v1 = gymwire::v1;

using Stub = v1::EnvironmentService::Stub;

constexpr int kSteps = 1000;

// Throws the error of a failed call.
void check(const Status& status) {
  if (!status.ok()) {
    throw std::runtime_error("code " + std::to_string(status.error_code()) + ", " + status.error_message());
  }
}

// A session that is closed at the end of its scope.
class Session {
 public:
  Session(Stub& stub, const v1::MakeRequest& request) : stub_(stub) {
    ClientContext context;
    check(stub_.Make(&context, request, &made_));
  }

  // If Close fails, the server closes the session when its lease ends, a minute later.
  ~Session() {
    ClientContext context;
    v1::CloseRequest request;
    request.set_session_id(made_.session_id());
    v1::CloseResponse closed;
    stub_.Close(&context, request, &closed);
  }

  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const v1::MakeResponse& made() const { return made_; }

 private:
  Stub& stub_;
  v1::MakeResponse made_;
};

template <typename T>
void print_first(const char* env_id, const v1::Value& observations) {
  const std::vector<T> numbers = elements<T>(as_array(observations));
  const auto width = as_array(observations).shape(1);
  std::cout << env_id << ": first observation";
  std::for_each_n(numbers.begin(), width, [](T number) { std::cout << ' ' << number; });
  std::cout << '\n';
}

void print_end(const char* env_id, double reward, int episodes) {
  std::cout << env_id << ": " << kSteps << " steps gave reward " << reward << " and ended " << episodes
            << " episodes\n";
}

v1::ResetRequest reset_request(const Session& session) {
  v1::ResetRequest request;
  request.set_session_id(session.made().session_id());
  request.set_seed(42);
  return request;
}

// Steps one CartPole with one call for each step, which is the simplest way.
void step_by_calls(Stub& stub) {
  v1::MakeRequest make;
  make.set_env_id("CartPole-v1");
  make.set_num_envs(1);
  make.mutable_infos()->mutable_none();
  const Session session(stub, make);
  if (const v1::Value* fps = example::get(session.made().metadata(), "render_fps")) {
    std::cout << "CartPole-v1: render_fps " << fps->int_value() << '\n';
  }

  ClientContext reset_context;
  v1::ResetResponse begun;
  check(stub.Reset(&reset_context, reset_request(session), &begun));
  print_first<float>("CartPole-v1", begun.observations());

  double reward = 0;
  int episodes = 0;
  for (int step = 0; step < kSteps; ++step) {
    v1::StepRequest request;
    request.set_session_id(session.made().session_id());
    *request.mutable_actions() = array<std::int64_t>({step % 2}, {1});
    ClientContext context;  // Each call needs its own context.
    v1::StepResponse stepped;
    check(stub.Step(&context, request, &stepped));
    reward += unpack<double>(stepped.rewards()).at(0);
    // If an episode has ended, `finals` has its last observation, and the observations belong to the next episode.
    episodes += stepped.finals_size();
  }
  print_end("CartPole-v1", reward, episodes);
}

// An Interact stream. The client waits for each response before it sends the next request.
class Stream {
 public:
  explicit Stream(Stub& stub) : stream_(stub.Interact(&context_)) {}

  // Returns the response to a request. Throws if the response is an error.
  v1::InteractResponse ask(const v1::InteractRequest& request) {
    v1::InteractResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response)) {
      check(stream_->Finish());
      throw std::runtime_error("the server ended the stream");
    }
    if (response.has_error()) {
      const v1::ErrorDetail& error = response.error();
      check(Status(static_cast<grpc::StatusCode>(error.code()), error.message()));
    }
    return response;
  }

  void close() {
    stream_->WritesDone();
    check(stream_->Finish());
  }

 private:
  ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::InteractRequest, v1::InteractResponse>> stream_;
};

// Returns one action (-1, 0 or 1) for each joint of eight HalfCheetahs.
std::vector<float> torques(int step) {
  std::vector<float> actions;
  for (int env = 0; env < 8; ++env) {
    for (int joint = 0; joint < 6; ++joint) {
      actions.push_back(static_cast<float>((step + env + joint) % 3 - 1));
    }
  }
  return actions;
}

// Steps eight HalfCheetahs over one stream. A step takes less time than with a call.
void step_by_stream(Stub& stub) {
  v1::MakeRequest make;
  make.set_env_id("HalfCheetah-v5");
  make.set_num_envs(8);
  make.mutable_infos()->mutable_keys()->add_names("x_position");
  const Session session(stub, make);

  Stream stream(stub);
  v1::InteractRequest request;
  *request.mutable_reset() = reset_request(session);
  print_first<double>("HalfCheetah-v5", stream.ask(request).reset().observations());

  double reward = 0;
  double position = 0;
  int episodes = 0;
  for (int step = 0; step < kSteps; ++step) {
    request.mutable_step()->set_session_id(session.made().session_id());
    *request.mutable_step()->mutable_actions() = array(torques(step), {8, 6});
    const v1::InteractResponse response = stream.ask(request);
    const v1::StepResponse& stepped = response.step();
    const std::vector<double> rewards = unpack<double>(stepped.rewards());
    reward = std::accumulate(rewards.begin(), rewards.end(), reward);
    episodes += stepped.finals_size();
    if (const v1::Value* positions = example::get(stepped.infos(), "x_position")) {
      position = elements<double>(as_array(*positions)).at(0);
    }
  }
  print_end("HalfCheetah-v5", reward, episodes);
  std::cout << "HalfCheetah-v5: x_position " << position << '\n';
  stream.close();
}

// Requests an id that does not exist. The server's error describes the problem and suggests ids.
void be_refused(Stub& stub) {
  v1::MakeRequest make;
  make.set_env_id("CartPole-v9");
  make.set_num_envs(1);
  ClientContext context;
  v1::MakeResponse made;
  const Status status = stub.Make(&context, make, &made);
  if (status.ok()) {
    throw std::runtime_error("CartPole-v9 was made");
  }
  const auto& trailer = context.GetServerTrailingMetadata();
  const auto encoded = trailer.find("gymwire-error-bin");
  v1::ErrorDetail detail;
  // The detail is absent if the server was not reached or did not answer.
  if (encoded == trailer.end() ||
      !detail.ParseFromArray(encoded->second.data(), static_cast<int>(encoded->second.size()))) {
    check(status);
  }
  std::cout << "refused: code " << detail.code() << ", " << detail.message() << " (" << detail.exception_class()
            << ")\n";
}

void run(const std::string& address) {
  grpc::ChannelArguments arguments;
  // By default gRPC refuses messages above 4 MiB. Frames and the observations of many environments can be larger.
  arguments.SetMaxReceiveMessageSize(-1);
  // By default gRPC connects through the proxy in http_proxy, even to this machine.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const auto stub = v1::EnvironmentService::NewStub(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));

  ClientContext info_context;
  v1::GetServerInfoResponse info;
  check(stub->GetServerInfo(&info_context, {}, &info));
  if (info.protocol_version().major() != 1) {
    throw std::runtime_error("the server speaks another protocol: " + info.protocol_version().ShortDebugString());
  }
  ClientContext list_context;
  v1::ListEnvironmentsResponse listed;
  check(stub->ListEnvironments(&list_context, {}, &listed));
  const auto ready = std::count_if(listed.environments().begin(), listed.environments().end(),
                                   [](const auto& entry) { return entry.unavailable_reason().empty(); });
  std::cout << ready << " environments can be made\n";

  step_by_calls(*stub);
  step_by_stream(*stub);
  be_refused(*stub);
}

}  // namespace

int main(int argc, char** argv) {
  // Prints enough digits to read back exactly the same number.
  std::cout.precision(std::numeric_limits<double>::max_digits10);
  try {
    run(argc > 1 ? argv[1] : "127.0.0.1:50051");
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
