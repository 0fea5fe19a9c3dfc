// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/** Steps environments of a Gymwire server: npm start -- http://127.0.0.1:50051 */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Client, Code, ConnectError, createClient, decodeBinaryHeader } from "@connectrpc/connect";
import { createWritableIterable } from "@connectrpc/connect/protocol";
import { createGrpcTransport } from "@connectrpc/connect-node";
import {
  EnvironmentService,
  ErrorDetailSchema,
  type InteractRequestSchema,
  type InteractResponse,
} from "./gen/gymwire/v1/environment_service_pb.js";
import { DType } from "./gen/gymwire/v1/value_pb.js";
import { array, asArray, type Decoded, decodeDict, elements, unpack } from "./values.js";

type EnvironmentClient = Client<typeof EnvironmentService>;
type Request = MessageInitShape<typeof InteractRequestSchema>;

const STEPS = 1000;

async function main(address: string): Promise<void> {
  // An idle connection does not keep the process alive, so there is nothing to close at the end.
  const client = createClient(EnvironmentService, createGrpcTransport({ baseUrl: address }));
  const { protocolVersion } = await client.getServerInfo({});
  if (protocolVersion?.major !== 1) {
    throw new Error(`the server speaks another protocol: ${protocolVersion?.major}`);
  }
  const { environments } = await client.listEnvironments({});
  const ready = environments.filter((entry) => entry.unavailableReason === "");
  console.log(`${ready.length} environments can be made`);

  await stepByCalls(client);
  await stepByStream(client);
  await beRefused(client);
}

/** Steps one CartPole with one call for each step, which is the simplest way. */
async function stepByCalls(client: EnvironmentClient): Promise<void> {
  const { sessionId, metadata } = await client.make({
    envId: "CartPole-v1",
    numEnvs: 1,
    infos: { selection: { case: "none", value: {} } },
  });
  try {
    console.log(`CartPole-v1: render_fps ${decodeDict(metadata).get("render_fps")}`);
    const begun = await client.reset({ sessionId, seeding: { case: "seed", value: 42n } });
    const first = elements(asArray(begun.observations), DType.DTYPE_FLOAT32);
    console.log(`CartPole-v1: first observation ${first.join(" ")}`);

    let reward = 0;
    let episodes = 0;
    for (let step = 0; step < STEPS; step++) {
      const action = new BigInt64Array([BigInt(step % 2)]);
      const stepped = await client.step({ sessionId, actions: array(DType.DTYPE_INT64, action, [1]) });
      reward += unpack(stepped.rewards, DType.DTYPE_FLOAT64)[0] ?? NaN;
      // If an episode has ended, `finals` has its last observation, and the observations belong to the next episode.
      episodes += stepped.finals.length;
    }
    console.log(`CartPole-v1: ${STEPS} steps gave reward ${reward} and ended ${episodes} episodes`);
  } finally {
    await client.close({ sessionId });
  }
}

/** Steps eight HalfCheetahs over one stream. A step takes less time than with a call. */
async function stepByStream(client: EnvironmentClient): Promise<void> {
  const { sessionId } = await client.make({
    envId: "HalfCheetah-v5",
    numEnvs: 8,
    infos: { selection: { case: "keys", value: { names: ["x_position"] } } },
  });
  const stream = new Stream(client);
  try {
    const begun = await stream.ask({
      request: { case: "reset", value: { sessionId, seeding: { case: "seed", value: 42n } } },
    });
    if (begun.case !== "reset") {
      throw new Error(`a reset was answered by ${begun.case}`);
    }
    const observations = asArray(begun.value.observations);
    const first = elements(observations, DType.DTYPE_FLOAT64).subarray(0, Number(observations.shape[1]));
    console.log(`HalfCheetah-v5: first observation ${first.join(" ")}`);

    let reward = 0;
    let episodes = 0;
    let position: unknown;
    for (let step = 0; step < STEPS; step++) {
      const actions = array(DType.DTYPE_FLOAT32, torques(step), [8, 6]);
      const stepped = await stream.ask({ request: { case: "step", value: { sessionId, actions } } });
      if (stepped.case !== "step") {
        throw new Error(`a step was answered by ${stepped.case}`);
      }
      for (const one of unpack(stepped.value.rewards, DType.DTYPE_FLOAT64)) {
        reward += one;
      }
      episodes += stepped.value.finals.length;
      position = (decodeDict(stepped.value.infos).get("x_position") as Decoded).data[0];
    }
    console.log(`HalfCheetah-v5: ${STEPS} steps gave reward ${reward} and ended ${episodes} episodes`);
    console.log(`HalfCheetah-v5: x_position ${position}`);
  } finally {
    stream.close();
    await client.close({ sessionId });
  }
}

/** An Interact stream. The client waits for each response before it sends the next request. */
class Stream {
  readonly #requests = createWritableIterable<Request>();
  readonly #responses: AsyncIterator<InteractResponse>;

  constructor(client: EnvironmentClient) {
    this.#responses = client.interact(this.#requests)[Symbol.asyncIterator]();
  }

  /** Sends a request and returns its response. Throws if the response is an error. */
  async ask(request: Request): Promise<InteractResponse["response"]> {
    const [, { done, value }] = await Promise.all([this.#requests.write(request), this.#responses.next()]);
    if (done) {
      throw new Error("the server ended the stream");
    }
    if (value.response.case === "error") {
      throw new ConnectError(value.response.value.message, value.response.value.code as Code);
    }
    return value.response;
  }

  close(): void {
    this.#requests.close();
  }
}

/** Returns one action (-1, 0 or 1) for each joint of eight HalfCheetahs. */
function torques(step: number): Float32Array {
  return Float32Array.from({ length: 8 * 6 }, (_, i) => ((step + Math.floor(i / 6) + (i % 6)) % 3) - 1);
}

/** Requests an id that does not exist. The server's error describes the problem and suggests ids. */
async function beRefused(client: EnvironmentClient): Promise<void> {
  try {
    await client.make({ envId: "CartPole-v9", numEnvs: 1 });
  } catch (error) {
    // The detail is absent if the server was not reached or did not answer.
    const encoded = error instanceof ConnectError && error.metadata.get("gymwire-error-bin");
    if (!encoded) {
      throw error;
    }
    const { code, message, exceptionClass } = decodeBinaryHeader(encoded, ErrorDetailSchema);
    console.log(`refused: code ${code}, ${message} (${exceptionClass})`);
    return;
  }
  throw new Error("CartPole-v9 was made");
}

await main(process.argv[2] ?? "http://127.0.0.1:50051");
