// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

// Command example steps environments of a Gymwire server: ./example 127.0.0.1:50051
package main

//go:generate sh generate.sh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	pb "gymwire.io/example/gymwire/v1"
)

const steps = 1000

func main() {
	address := "127.0.0.1:50051"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	if err := run(context.Background(), address); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, address string) error {
	// By default grpc-go refuses messages above 4 MiB. Frames and large vectors are larger.
	anySize := grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(1 << 30))
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), anySize)
	if err != nil {
		return err
	}
	defer connection.Close()
	client := pb.NewEnvironmentServiceClient(connection)

	info, err := client.GetServerInfo(ctx, &pb.GetServerInfoRequest{})
	if err != nil {
		return err
	}
	if version := info.GetProtocolVersion(); version.GetMajor() != 1 {
		return fmt.Errorf("the server speaks another protocol: %v", version)
	}
	listed, err := client.ListEnvironments(ctx, &pb.ListEnvironmentsRequest{})
	if err != nil {
		return err
	}
	ready := 0
	for _, entry := range listed.GetEnvironments() {
		if entry.GetUnavailableReason() == "" {
			ready++
		}
	}
	fmt.Println(ready, "environments can be made")

	if err := stepByCalls(ctx, client); err != nil {
		return err
	}
	if err := stepByStream(ctx, client); err != nil {
		return err
	}
	return beRefused(ctx, client)
}

// stepByCalls steps one CartPole with one call for each step, which is the simplest way.
func stepByCalls(ctx context.Context, client pb.EnvironmentServiceClient) error {
	made, err := client.Make(ctx, &pb.MakeRequest{
		EnvId:   "CartPole-v1",
		NumEnvs: 1,
		Infos:   &pb.InfoSelection{Selection: &pb.InfoSelection_None{None: &pb.NoInfos{}}},
	})
	if err != nil {
		return err
	}
	defer closeSession(ctx, client, made.GetSessionId())
	about, err := DecodeDict(made.GetMetadata())
	if err != nil {
		return err
	}
	fmt.Println("CartPole-v1: render_fps", about["render_fps"])

	begun, err := client.Reset(ctx, &pb.ResetRequest{
		SessionId: made.GetSessionId(),
		Seeding:   &pb.ResetRequest_Seed{Seed: 42},
	})
	if err != nil {
		return err
	}
	first, err := Elements[float32](begun.GetObservations().GetArray())
	if err != nil {
		return err
	}
	fmt.Println("CartPole-v1: first observation", first)

	reward, episodes := 0.0, 0
	for step := range int64(steps) {
		actions, err := EncodeArray([]int64{step % 2}, 1)
		if err != nil {
			return err
		}
		stepped, err := client.Step(ctx, &pb.StepRequest{SessionId: made.GetSessionId(), Actions: actions})
		if err != nil {
			return err
		}
		rewards, err := Unpack[float64](stepped.GetRewards())
		if err != nil {
			return err
		}
		reward += rewards[0]
		// The observations already belong to the next episode. `finals` contains the old episode's last observation.
		episodes += len(stepped.GetFinals())
	}
	fmt.Printf("CartPole-v1: %d steps gave reward %v and ended %d episodes\n", steps, reward, episodes)
	return nil
}

// stepByStream steps eight HalfCheetahs over one stream. A step over a stream takes less time than a unary call.
func stepByStream(ctx context.Context, client pb.EnvironmentServiceClient) error {
	made, err := client.Make(ctx, &pb.MakeRequest{
		EnvId:   "HalfCheetah-v5",
		NumEnvs: 8,
		Infos: &pb.InfoSelection{
			Selection: &pb.InfoSelection_Keys{Keys: &pb.InfoKeys{Names: []string{"x_position"}}},
		},
	})
	if err != nil {
		return err
	}
	defer closeSession(ctx, client, made.GetSessionId())

	// Ends the stream on every return. Otherwise the goroutines of the stream would continue.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := client.Interact(ctx)
	if err != nil {
		return err
	}
	reset := &pb.ResetRequest{SessionId: made.GetSessionId(), Seeding: &pb.ResetRequest_Seed{Seed: 42}}
	answer, err := ask(stream, &pb.InteractRequest{Request: &pb.InteractRequest_Reset_{Reset_: reset}})
	if err != nil {
		return err
	}
	observations := answer.GetReset_().GetObservations().GetArray()
	first, err := Elements[float64](observations)
	if err != nil {
		return err
	}
	fmt.Println("HalfCheetah-v5: first observation", first[:observations.GetShape()[1]])

	reward, episodes, position := 0.0, 0, 0.0
	for step := range steps {
		actions, err := EncodeArray(torques(step), 8, 6)
		if err != nil {
			return err
		}
		request := &pb.StepRequest{SessionId: made.GetSessionId(), Actions: actions}
		answer, err := ask(stream, &pb.InteractRequest{Request: &pb.InteractRequest_Step{Step: request}})
		if err != nil {
			return err
		}
		stepped := answer.GetStep()
		rewards, err := Unpack[float64](stepped.GetRewards())
		if err != nil {
			return err
		}
		for _, one := range rewards {
			reward += one
		}
		episodes += len(stepped.GetFinals())
		infos, err := DecodeDict(stepped.GetInfos())
		if err != nil {
			return err
		}
		position = infos["x_position"].(Array).Data.([]float64)[0]
	}
	fmt.Printf("HalfCheetah-v5: %d steps gave reward %v and ended %d episodes\n", steps, reward, episodes)
	fmt.Println("HalfCheetah-v5: x_position", position)
	return nil
}

// ask sends a request and returns its response. If the response is an error, ask returns that error.
func ask(stream pb.EnvironmentService_InteractClient, request *pb.InteractRequest) (*pb.InteractResponse, error) {
	// If Send returns io.EOF, Recv returns the reason.
	if err := stream.Send(request); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	if refused := answer.GetError(); refused != nil {
		return nil, status.Error(codes.Code(refused.GetCode()), refused.GetMessage())
	}
	return answer, nil
}

// torques returns one action (-1, 0 or 1) for each joint of eight HalfCheetahs.
func torques(step int) []float32 {
	actions := make([]float32, 0, 8*6)
	for env := range 8 {
		for joint := range 6 {
			actions = append(actions, float32((step+env+joint)%3-1))
		}
	}
	return actions
}

// closeSession closes a session. If Close fails, the server closes the session when its lease ends, a minute later.
func closeSession(ctx context.Context, client pb.EnvironmentServiceClient, sessionID string) {
	if _, err := client.Close(ctx, &pb.CloseRequest{SessionId: sessionID}); err != nil {
		log.Print(err)
	}
}

// beRefused requests an id that does not exist. The server's error describes the problem and suggests ids.
func beRefused(ctx context.Context, client pb.EnvironmentServiceClient) error {
	var trailer metadata.MD
	request := &pb.MakeRequest{EnvId: "CartPole-v9", NumEnvs: 1}
	made, err := client.Make(ctx, request, grpc.Trailer(&trailer))
	if err == nil {
		return fmt.Errorf("CartPole-v9 was made: %v", made)
	}
	// The detail is absent if the server was not reached or did not answer.
	encoded := trailer.Get("gymwire-error-bin")
	if len(encoded) == 0 {
		return err
	}
	var detail pb.ErrorDetail
	if err := proto.Unmarshal([]byte(encoded[0]), &detail); err != nil {
		return err
	}
	fmt.Printf("refused: code %d, %s (%s)\n", detail.GetCode(), detail.GetMessage(), detail.GetExceptionClass())
	return nil
}
